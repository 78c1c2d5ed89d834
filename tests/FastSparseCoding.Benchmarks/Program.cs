using BenchmarkDotNet.Running;
using FastSparseCoding.Benchmarks.Versus;

if (args is ["versus", ..])
    return VersusCommand.Run(args[1..]);

// BenchmarkDotNet's own command line: --list flat, --filter '*Gemm*'.
BenchmarkSwitcher.FromAssembly(typeof(FastSparseCoding.Benchmarks.GemmBenchmarks).Assembly).Run(args);
return 0;
