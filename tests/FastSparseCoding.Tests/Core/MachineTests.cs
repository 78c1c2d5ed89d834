using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Xunit;

namespace FastSparseCoding.Tests.Core;

public sealed class MachineTests
{
    [Fact]
    public void The_width_told_is_that_of_the_widest_vectors_the_hardware_computes_with()
        => Assert.Equal(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated
            ? 128 : 32, Machine.VectorBits);

    [Fact]
    public void Multiplying_and_adding_rounds_once_where_the_hardware_can()
        => Assert.Equal(Fma.IsSupported || AdvSimd.IsSupported, Machine.FusedMultiplyAdd);

    [Fact]
    public void An_x64_processor_tells_its_name()
    {
        Assert.Equal(X86Base.IsSupported, Machine.ProcessorName is not null);
        Assert.DoesNotContain(Machine.ProcessorName ?? "", char.IsControl);
    }
}
