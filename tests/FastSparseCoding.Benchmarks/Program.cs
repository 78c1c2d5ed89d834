using BenchmarkDotNet.Running;
using FastSparseCoding.Benchmarks.Versus;

// versus <folder> [options]: every workload of the peers' scripts on the same arrays, as JSON lines.
// Anything else goes to BenchmarkDotNet: --list flat, --filter '*Gemm*'.
if (args.Length > 0 && args[0] == "versus")
    return VersusDriver.Run(args[1..], Console.Out, Console.Error);

BenchmarkSwitcher.FromAssembly(typeof(VersusDriver).Assembly).Run(args);
return 0;
