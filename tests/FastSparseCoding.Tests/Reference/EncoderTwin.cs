using FastSparseCoding.Encoders;

namespace FastSparseCoding.Tests.Reference;

/// <summary>
/// An encoder in double precision, signal by signal and loop by loop, with a backward pass of its own. The parameters lie in one array as
/// in the library: the windows of the encoder one after the other. Of the penalty only the sign matters here: weights and ridge are in the
/// parameters.
/// </summary>
internal abstract class EncoderTwin(int signalSize, int codeSize, Penalty penalty)
{
    protected int N => signalSize;

    protected int M => codeSize;

    /// <summary>Smallest distance of a pre-activation from its threshold, or of a choice from the next best, in all forward passes so
    /// far.</summary>
    public double NearestKink { get; protected set; } = double.PositiveInfinity;

    public static EncoderTwin Of(TrainableEncoder encoder) => encoder.Kind switch
    {
        "lista" => new ListaTwin(encoder.SignalSize, encoder.CodeSize, encoder.Penalty, encoder.Depth),
        "lista-layers" => new LayeredListaTwin(encoder.SignalSize, encoder.CodeSize, encoder.Penalty, encoder.Depth),
        "lista-coupled" => new CoupledListaTwin(encoder.SignalSize, encoder.CodeSize, encoder.Penalty, encoder.Depth, encoder.Dictionary),
        "slista" => new StepListaTwin(encoder.Penalty, encoder.Depth, encoder.Dictionary!),
        "lcod" => new LcodTwin(encoder.SignalSize, encoder.CodeSize, encoder.Penalty, encoder.Depth),
        "shrink" => new ListaTwin(encoder.SignalSize, encoder.CodeSize, encoder.Penalty, depth: -1),
        "tanh" => new TanhTwin(encoder.SignalSize, encoder.CodeSize, encoder.Penalty, twice: false),
        "tanh2" => new TanhTwin(encoder.SignalSize, encoder.CodeSize, encoder.Penalty, twice: true),
        _ => throw new ArgumentException(encoder.Kind, nameof(encoder)),
    };

    /// <summary>The code of one signal [n] → [m].</summary>
    public abstract double[] Forward(double[] p, double[] x);

    /// <summary>Adds the parameters' gradient to dp and returns dx, given the loss gradient of the code of x.</summary>
    public abstract double[] Backward(double[] p, double[] x, double[] dz, double[] dp);

    /// <summary>½ Σ ‖f(x) − z*‖² over the signals.</summary>
    public double Loss(double[] p, double[][] x, double[][] target)
    {
        double loss = 0;
        for (int i = 0; i < x.Length; i++)
            loss += 0.5 * Forward(p, x[i]).Zip(target[i], (z, t) => (z - t) * (z - t)).Sum();
        return loss;
    }

    /// <summary>Gradient of the loss by the parameters and by the signals.</summary>
    public (double[] Parameters, double[][] X) Gradient(double[] p, double[][] x, double[][] target)
    {
        double[] dp = new double[p.Length];
        var dx = new double[x.Length][];
        for (int i = 0; i < x.Length; i++)
            dx[i] = Backward(p, x[i], [.. Forward(p, x[i]).Zip(target[i], (z, t) => z - t)], dp);
        return (dp, dx);
    }

    public static double[][] Rows(Matrix matrix) => [.. Enumerable.Range(0, matrix.Rows).Select(i => LassoTwin.Widen(matrix.Row(i)))];

    /// <summary>Wx for W [m×n] at an offset.</summary>
    protected static double[] Product(double[] p, int offset, int rows, double[] x)
    {
        var y = new double[rows];
        for (int k = 0; k < rows; k++)
            for (int i = 0; i < x.Length; i++)
                y[k] += p[offset + k * x.Length + i] * x[i];
        return y;
    }

    /// <summary>dW += db xᵀ and the result Wᵀdb.</summary>
    protected static double[] ProductBackward(double[] p, int offset, double[] x, double[] db, double[] dp)
    {
        var dx = new double[x.Length];
        for (int k = 0; k < db.Length; k++)
            for (int i = 0; i < x.Length; i++)
            {
                dp[offset + k * x.Length + i] += db[k] * x[i];
                dx[i] += p[offset + k * x.Length + i] * db[k];
            }
        return dx;
    }

    protected double Shrink(double v, double theta)
    {
        NearestKink = Math.Min(NearestKink, Math.Abs((penalty.NonNegative ? v : Math.Abs(v)) - theta));
        return KernelTwins.SoftThreshold(v, theta, penalty.NonNegative);
    }

    /// <summary>On which side of its dead zone a pre-activation lies: 1 above, 0 inside, −1 below, where there is nothing when codes must
    /// not be negative.</summary>
    protected int Side(double v, double theta) => v > theta ? 1 : v < -theta && !penalty.NonNegative ? -1 : 0;
}

/// <summary>LISTA; depth −1 is the shrinkage encoder, which has no window for S.</summary>
internal sealed class ListaTwin(int signalSize, int codeSize, Penalty penalty, int depth) : EncoderTwin(signalSize, codeSize, penalty)
{
    private int SAt => M * N;

    private int ThetaAt => depth < 0 ? M * N : M * N + M * M;

    public override double[] Forward(double[] p, double[] x) => Layers(p, x)[^1].Z;

    public override double[] Backward(double[] p, double[] x, double[] dz, double[] dp)
    {
        List<(double[] C, double[] Z)> layers = Layers(p, x);
        double[] db = new double[M], d = dz;
        for (int t = layers.Count - 1; t >= 0; t--)
        {
            double[] dc = new double[M], before = new double[M];
            for (int k = 0; k < M; k++)
            {
                int side = Side(layers[t].C[k], p[ThetaAt + k]);
                if (side == 0)
                    continue;
                dc[k] = d[k];
                dp[ThetaAt + k] -= side * dc[k];
                db[k] += dc[k];
            }
            for (int j = 0; j < M && t > 0; j++)
                for (int k = 0; k < M; k++)
                {
                    dp[SAt + j * M + k] += layers[t - 1].Z[j] * dc[k];      // S is stored transposed: S_kj
                    before[j] += p[SAt + j * M + k] * dc[k];
                }
            d = before;
        }
        return ProductBackward(p, 0, x, db, dp);
    }

    private List<(double[] C, double[] Z)> Layers(double[] p, double[] x)
    {
        double[] b = Product(p, 0, M, x), c = b;
        var layers = new List<(double[], double[])>();
        for (int t = 0; ; t++)
        {
            var z = new double[M];
            for (int k = 0; k < M; k++)
                z[k] = Shrink(c[k], p[ThetaAt + k]);
            layers.Add((c, z));
            if (t >= depth)
                return layers;
            c = (double[])b.Clone();
            for (int j = 0; j < M; j++)
                for (int k = 0; k < M; k++)
                    c[k] += p[SAt + j * M + k] * z[j];
        }
    }
}

/// <summary>LISTA whose layers have thresholds and gains of their own: the same layers again, with the parameters of layer t at row
/// t.</summary>
internal sealed class LayeredListaTwin(int signalSize, int codeSize, Penalty penalty, int depth)
    : EncoderTwin(signalSize, codeSize, penalty)
{
    private int SAt => M * N;

    private int ThetaAt(int t) => M * N + M * M + t * M;

    private int GainAt(int t) => ThetaAt(depth + 1) + t * M;

    public override double[] Forward(double[] p, double[] x) => Layers(p, x)[^1].Z;

    public override double[] Backward(double[] p, double[] x, double[] dz, double[] dp)
    {
        List<(double[] C, double[] Z)> layers = Layers(p, x);
        double[] b = Product(p, 0, M, x), db = new double[M], d = dz;
        for (int t = depth; t >= 0; t--)
        {
            var before = new double[M];
            for (int k = 0; k < M; k++)
            {
                int side = Side(layers[t].C[k], p[ThetaAt(t) + k]);
                if (side == 0)
                    continue;
                dp[ThetaAt(t) + k] -= side * d[k];
                dp[GainAt(t) + k] += b[k] * d[k];
                db[k] += p[GainAt(t) + k] * d[k];
                for (int j = 0; j < M && t > 0; j++)
                {
                    dp[SAt + j * M + k] += layers[t - 1].Z[j] * d[k];
                    before[j] += p[SAt + j * M + k] * d[k];
                }
            }
            d = before;
        }
        return ProductBackward(p, 0, x, db, dp);
    }

    private List<(double[] C, double[] Z)> Layers(double[] p, double[] x)
    {
        double[] b = Product(p, 0, M, x), z = new double[M];
        var layers = new List<(double[], double[])>();
        for (int t = 0; t <= depth; t++)
        {
            double[] c = [.. b.Select((value, k) => p[GainAt(t) + k] * value)];
            for (int j = 0; j < M; j++)
                for (int k = 0; k < M; k++)
                    c[k] += p[SAt + j * M + k] * z[j];
            z = [.. c.Select((value, k) => Shrink(value, p[ThetaAt(t) + k]))];
            layers.Add((c, z));
        }
        return layers;
    }
}

internal sealed class LcodTwin(int signalSize, int codeSize, Penalty penalty, int depth) : EncoderTwin(signalSize, codeSize, penalty)
{
    private int SAt => M * N;

    private int ThetaAt => M * N + M * M;

    public override double[] Forward(double[] p, double[] x) => Run(p, x).Z;

    /// <summary>By the chain rule through every state, B and z after every update, without the paper's shortcuts.</summary>
    public override double[] Backward(double[] p, double[] x, double[] dz, double[] dp)
    {
        (double[] last, _, List<(int K, double Before, double Change)> updates) = Run(p, x);
        double[] db = new double[M], dState = new double[M];
        for (int k = 0; k < M; k++)
            Through(last[k], k, dz[k], p, dp, db);
        foreach ((int k, double before, double change) in Enumerable.Reverse(updates))
        {
            double dChange = 0;                                     // B_after = B + e·S_{:,k}
            for (int j = 0; j < M; j++)
            {
                dp[SAt + k * M + j] += change * db[j];
                dChange += p[SAt + k * M + j] * db[j];
            }
            double dNew = dState[k] + dChange;                      // e = z̄ − z_k; z_k becomes z̄
            dState[k] = -dChange;
            Through(before, k, dNew, p, dp, db);                    // z̄ = h_θ(B_k)
        }
        return ProductBackward(p, 0, x, db, dp);
    }

    private void Through(double b, int k, double d, double[] p, double[] dp, double[] db)
    {
        int side = Side(b, p[ThetaAt + k]);
        if (side == 0)
            return;
        db[k] += d;
        dp[ThetaAt + k] -= side * d;
    }

    private (double[] B, double[] Z, List<(int K, double Before, double Change)> Updates) Run(double[] p, double[] x)
    {
        double[] b = Product(p, 0, M, x), state = new double[M];
        var updates = new List<(int, double, double)>();
        for (int t = 0; t < depth; t++)
        {
            double[] change = [.. Enumerable.Range(0, M).Select(k => Shrink(b[k], p[ThetaAt + k]) - state[k])];
            int[] order = [.. Enumerable.Range(0, M).OrderByDescending(k => Math.Abs(change[k]))];
            int best = order[0];
            if (change[best] != 0 && M > 1)     // where nothing changes, it does not matter of what
                NearestKink = Math.Min(NearestKink, Math.Abs(change[best]) - Math.Abs(change[order[1]]));
            updates.Add((best, b[best], change[best]));
            for (int j = 0; j < M; j++)
                b[j] += p[SAt + best * M + j] * change[best];
            state[best] += change[best];
        }
        return (b, [.. Enumerable.Range(0, M).Select(k => Shrink(b[k], p[ThetaAt + k]))], updates);
    }
}

/// <summary>g ⊙ tanh(Wx + u), or g ⊙ (tanh(Wx + u) + tanh(Wx − u)).</summary>
internal sealed class TanhTwin(int signalSize, int codeSize, Penalty penalty, bool twice) : EncoderTwin(signalSize, codeSize, penalty)
{
    private int UAt => M * N;

    private int GainAt => M * N + M;

    public override double[] Forward(double[] p, double[] x)
    {
        double[] z = Product(p, 0, M, x);
        for (int k = 0; k < M; k++)
            z[k] = p[GainAt + k] * (Math.Tanh(z[k] + p[UAt + k]) + (twice ? Math.Tanh(z[k] - p[UAt + k]) : 0));
        return z;
    }

    public override double[] Backward(double[] p, double[] x, double[] dz, double[] dp)
    {
        double[] b = Product(p, 0, M, x), db = new double[M];
        for (int k = 0; k < M; k++)
        {
            double u = p[UAt + k], plus = 1 / Math.Pow(Math.Cosh(b[k] + u), 2), minus = twice ? 1 / Math.Pow(Math.Cosh(b[k] - u), 2) : 0;
            dp[GainAt + k] += dz[k] * (Math.Tanh(b[k] + u) + (twice ? Math.Tanh(b[k] - u) : 0));
            dp[UAt + k] += dz[k] * p[GainAt + k] * (plus - minus);
            db[k] = dz[k] * p[GainAt + k] * (plus + minus);
        }
        return ProductBackward(p, 0, x, db, dp);
    }
}
