namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// The inverse cosine transform of 8×8 coefficients in fixed point of 12 bits, by the rotations of Loeffler, Ligtenberg and Moschytz
/// (1989): down the columns, which keeps 2 more bits, then along the rows. Every rounding is part of what pictures decode to.
/// </summary>
internal static class JpegTransform
{
    private const int Scale = 1 << 12;
    private const int Level = 128 << 17;        // samples are stored around 0

    /// <summary>Samples of a block.</summary>
    /// <param name="block">64 coefficients, dequantised.</param>
    /// <param name="target">Receives the first sample at 0, the row below at <paramref name="stride"/>.</param>
    /// <param name="stride">From one row to the next.</param>
    public static void Inverse(ReadOnlySpan<short> block, Span<byte> target, int stride)
    {
        Span<int> columns = stackalloc int[64];
        for (int i = 0; i < 8; i++)
        {
            ReadOnlySpan<short> d = block[i..];
            var even = new Even(d[0], d[16], d[32], d[48], 512);
            var odd = new Odd(d[8], d[24], d[40], d[56]);
            Span<int> v = columns[i..];
            (v[0], v[56]) = ((even.X0 + odd.T3) >> 10, (even.X0 - odd.T3) >> 10);
            (v[8], v[48]) = ((even.X1 + odd.T2) >> 10, (even.X1 - odd.T2) >> 10);
            (v[16], v[40]) = ((even.X2 + odd.T1) >> 10, (even.X2 - odd.T1) >> 10);
            (v[24], v[32]) = ((even.X3 + odd.T0) >> 10, (even.X3 - odd.T0) >> 10);
        }
        for (int i = 0; i < 8; i++)
        {
            ReadOnlySpan<int> v = columns.Slice(8 * i, 8);
            var even = new Even(v[0], v[2], v[4], v[6], (1 << 16) + Level);
            var odd = new Odd(v[1], v[3], v[5], v[7]);
            Span<byte> o = target.Slice(i * stride, 8);
            (o[0], o[7]) = (Clamp((even.X0 + odd.T3) >> 17), Clamp((even.X0 - odd.T3) >> 17));
            (o[1], o[6]) = (Clamp((even.X1 + odd.T2) >> 17), Clamp((even.X1 - odd.T2) >> 17));
            (o[2], o[5]) = (Clamp((even.X2 + odd.T1) >> 17), Clamp((even.X2 - odd.T1) >> 17));
            (o[3], o[4]) = (Clamp((even.X3 + odd.T0) >> 17), Clamp((even.X3 - odd.T0) >> 17));
        }
    }

    /// <summary>The same for a block that is its mean alone.</summary>
    public static void Flat(short mean, Span<byte> target, int stride)
    {
        byte value = Clamp((4 * mean * Scale + (1 << 16) + Level) >> 17);
        for (int i = 0; i < 8; i++)
            target.Slice(i * stride, 8).Fill(value);
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    /// <summary>The even half of eight values' transform.</summary>
    private readonly ref struct Even
    {
        private const int C6 = (int)(0.5411961f * Scale + 0.5), S6 = (int)(-1.847759065f * Scale + 0.5);
        private const int C2 = (int)(0.765366865f * Scale + 0.5);

        public readonly int X0, X1, X2, X3;

        public Even(int s0, int s2, int s4, int s6, int rounding)
        {
            int p = (s2 + s6) * C6, t2 = p + s6 * S6, t3 = p + s2 * C2;
            int t0 = (s0 + s4) * Scale + rounding, t1 = (s0 - s4) * Scale + rounding;
            (X0, X1, X2, X3) = (t0 + t3, t1 + t2, t1 - t2, t0 - t3);
        }
    }

    /// <summary>The odd half of eight values' transform.</summary>
    private readonly ref struct Odd
    {
        private const int C3 = (int)(1.175875602f * Scale + 0.5);
        private const int A7 = (int)(0.298631336f * Scale + 0.5), A5 = (int)(2.053119869f * Scale + 0.5);
        private const int A3 = (int)(3.072711026f * Scale + 0.5), A1 = (int)(1.501321110f * Scale + 0.5);
        private const int B1 = (int)(-0.899976223f * Scale + 0.5), B2 = (int)(-2.562915447f * Scale + 0.5);
        private const int B3 = (int)(-1.961570560f * Scale + 0.5), B4 = (int)(-0.390180644f * Scale + 0.5);

        public readonly int T0, T1, T2, T3;

        public Odd(int s1, int s3, int s5, int s7)
        {
            int p3 = s7 + s3, p4 = s5 + s1, p5 = (p3 + p4) * C3;
            int p1 = p5 + (s7 + s1) * B1, p2 = p5 + (s5 + s3) * B2;
            p3 *= B3;
            p4 *= B4;
            (T0, T1, T2, T3) = (s7 * A7 + p1 + p3, s5 * A5 + p2 + p4, s3 * A3 + p2 + p3, s1 * A1 + p1 + p4);
        }
    }
}
