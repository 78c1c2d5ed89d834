using BenchmarkDotNet.Running;

// BenchmarkDotNet's own command line: --list flat, --filter '*Gemm*'.
BenchmarkSwitcher.FromAssembly(typeof(FastSparseCoding.Benchmarks.GemmBenchmarks).Assembly).Run(args);
return 0;
