namespace FastSparseCoding.Kernels;

/// <summary>One float at a time: machines without vector instructions, and the specification of the other widths.</summary>
internal readonly unsafe struct SimdScalar : ISimd<float>
{
    private static readonly float True = BitConverter.UInt32BitsToSingle(uint.MaxValue);

    public static int Count => 1;
    public static int PanelVectors => 2;
    public static float Indices => 0;

    public static float Broadcast(float value) => value;
    public static float Load(float* p) => *p;
    public static float LoadFirst(float* p, int count) => count > 0 ? *p : 0;
    public static void Store(float* p, float v) => *p = v;
    public static void StoreFirst(float* p, int count, float v)
    {
        if (count > 0)
            *p = v;
    }

    public static float Add(float a, float b) => a + b;
    public static float Subtract(float a, float b) => a - b;
    public static float Multiply(float a, float b) => a * b;
    public static float Divide(float a, float b) => a / b;
    public static float Sqrt(float a) => MathF.Sqrt(a);
    public static float MultiplyAdd(float a, float b, float c) => float.MultiplyAddEstimate(a, b, c);
    public static float AddInteger(float integers, int n) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(integers) + n);
    public static float Max(float a, float b) => a > b ? a : b;
    public static float Min(float a, float b) => a < b ? a : b;
    public static float Abs(float a) => MathF.Abs(a);
    public static float Negate(float a) => -a;
    public static float GreaterThan(float a, float b) => a > b ? True : 0;
    public static float Equal(float a, float b) => a == b ? True : 0;
    public static float Select(float mask, float a, float b) => BitConverter.SingleToUInt32Bits(mask) != 0 ? a : b;
    public static uint Bits(float mask) => BitConverter.SingleToUInt32Bits(mask) >> 31;
    public static int StoreNonZeros(float v, int first, float* values, int* indices)
        => NonZeros.StoreLanes<SimdScalar, float>(v, first, values, indices);
    public static float Sum(float a) => a;
    public static float MaxLane(float a) => a;
}
