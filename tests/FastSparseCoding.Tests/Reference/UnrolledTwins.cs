namespace FastSparseCoding.Tests.Reference;

/// <summary>
/// ISTA unrolled with its residual, signal by signal and loop by loop: V = A(x − Dᵀz), c = kept·z + gain·V, z = share·h_θ(c). What the two
/// encoders of that form make of A, D, θ and the factors is all that they differ in.
/// </summary>
internal abstract class ResidualTwin(int signalSize, int codeSize, Penalty penalty, int depth) : EncoderTwin(signalSize, codeSize, penalty)
{
    protected record struct Layer(double[] Residual, double[] Before, double[] Correlations, double[] C, double[] Z);

    protected int Depth => depth;

    protected abstract double A(double[] p, int k, int i);

    protected abstract double D(double[] p, int k, int i);

    protected abstract double Theta(double[] p, int t, int k);

    protected virtual double Kept => 1;

    protected virtual double Gain(double[] p, int t) => 1;

    protected virtual double Share(double[] p, int t) => 1;

    public override double[] Forward(double[] p, double[] x) => Layers(p, x)[^1].Z;

    public override double[] Backward(double[] p, double[] x, double[] dz, double[] dp)
    {
        List<Layer> layers = Layers(p, x);
        double[] dx = new double[N], d = dz;
        for (int t = depth; t >= 0; t--)
        {
            Layer layer = layers[t];
            double[] dc = new double[M], before = new double[M], dResidual = new double[N];
            for (int k = 0; k < M; k++)
            {
                int side = Side(layer.C[k], Theta(p, t, k));
                dc[k] = side == 0 ? 0 : d[k] * Share(p, t);
                before[k] = Kept * dc[k];
                for (int i = 0; i < N; i++)
                    dResidual[i] += Gain(p, t) * A(p, k, i) * dc[k];
                Accumulate(p, dp, t, k, side, layer, d[k], dc[k]);
            }
            for (int i = 0; i < N; i++)
            {
                dx[i] += dResidual[i];
                for (int k = 0; k < M && t > 0; k++)
                    before[k] -= D(p, k, i) * dResidual[i];
            }
            if (t > 0)
                AccumulateResidual(dp, layer, dResidual);
            d = before;
        }
        return dx;
    }

    /// <summary>What layer t adds to the gradient through its coefficient k.</summary>
    protected abstract void Accumulate(double[] p, double[] dp, int t, int k, int side, Layer layer, double dz, double dc);

    /// <summary>What a layer adds to the gradient through its residual.</summary>
    protected virtual void AccumulateResidual(double[] dp, Layer layer, double[] dResidual)
    {
    }

    private List<Layer> Layers(double[] p, double[] x)
    {
        double[] z = new double[M];
        var layers = new List<Layer>();
        for (int t = 0; t <= depth; t++)
        {
            double[] before = z, residual = (double[])x.Clone(), v = new double[M], c = new double[M];
            for (int k = 0; k < M; k++)
                for (int i = 0; i < N; i++)
                    residual[i] -= before[k] * D(p, k, i);
            z = new double[M];
            for (int k = 0; k < M; k++)
            {
                for (int i = 0; i < N; i++)
                    v[k] += A(p, k, i) * residual[i];
                c[k] = Kept * before[k] + Gain(p, t) * v[k];
                z[k] = Share(p, t) * Shrink(c[k], Theta(p, t, k));
            }
            layers.Add(new Layer(residual, before, v, c, z));
        }
        return layers;
    }
}

/// <summary>Coupled LISTA: A, D and the thresholds of every layer are parameters.</summary>
internal sealed class CoupledListaTwin(int signalSize, int codeSize, Penalty penalty, int depth, AtomDictionary? dictionary)
    : ResidualTwin(signalSize, codeSize, penalty, depth)
{
    private readonly double _kept = dictionary is null ? 1 : 1 / (1 + penalty.Ridge / (double)dictionary.Lipschitz);

    protected override double Kept => _kept;

    protected override double A(double[] p, int k, int i) => p[k * N + i];

    protected override double D(double[] p, int k, int i) => p[(M + k) * N + i];

    protected override double Theta(double[] p, int t, int k) => p[ThetaAt(t, k)];

    protected override void Accumulate(double[] p, double[] dp, int t, int k, int side, Layer layer, double dz, double dc)
    {
        dp[ThetaAt(t, k)] -= side * dc;
        for (int i = 0; i < N; i++)
            dp[k * N + i] += dc * layer.Residual[i];
    }

    protected override void AccumulateResidual(double[] dp, Layer layer, double[] dResidual)
    {
        for (int k = 0; k < M; k++)
            for (int i = 0; i < N; i++)
                dp[(M + k) * N + i] -= layer.Before[k] * dResidual[i];
    }

    private int ThetaAt(int t, int k) => 2 * M * N + t * M + k;
}

/// <summary>SLISTA: the steps are all that is learned, in units of 1/L.</summary>
internal sealed class StepListaTwin(Penalty penalty, int depth, AtomDictionary dictionary)
    : ResidualTwin(dictionary.SignalSize, dictionary.AtomCount, penalty, depth)
{
    private readonly double _ridge = penalty.Ridge;
    private readonly double[] _weights =
        [.. Enumerable.Range(0, dictionary.AtomCount)
        .Select(k => penalty.Lambda * (penalty.Weights.Length == 0 ? 1 : (double)penalty.Weights[k]))];

    protected override double A(double[] p, int k, int i) => dictionary.Atoms.Row(k)[i];

    protected override double D(double[] p, int k, int i) => dictionary.Atoms.Row(k)[i];

    protected override double Gain(double[] p, int t) => p[t] / dictionary.Lipschitz;

    protected override double Share(double[] p, int t) => 1 / (1 + Gain(p, t) * _ridge);

    protected override double Theta(double[] p, int t, int k) => Gain(p, t) * _weights[k];

    /// <summary>z = h_{γλw}(b + γv)/(1 + γμ): dz/dγ = (v − side·λw)/(1 + γμ) − μz/(1 + γμ).</summary>
    protected override void Accumulate(double[] p, double[] dp, int t, int k, int side, Layer layer, double dz, double dc)
    {
        if (side != 0)
            dp[t] += (dc * (layer.Correlations[k] - side * _weights[k]) - dz * _ridge * Share(p, t) * layer.Z[k]) / dictionary.Lipschitz;
    }
}
