using FastSparseCoding.Encoders;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Encoders;

/// <summary>Encoders whose parameters have been moved away from their symmetric start, with signals that keep clear of every
/// kink.</summary>
internal sealed class EncoderCase
{
    private EncoderCase(TrainableEncoder encoder, int seed)
    {
        Encoder = encoder;
        Twin = EncoderTwin.Of(encoder);
        X = RandomData.Normal(5, encoder.SignalSize, seed + 1);
        Target = RandomData.Normal(5, encoder.CodeSize, seed + 2);
        Matrix noise = RandomData.Normal(1, encoder.Parameters.Values.Length, seed + 3);
        for (int i = 0; i < noise.Columns; i++)
            encoder.Parameters.Values[i] += 0.1f * noise[0, i];
        foreach (ParameterWindow window in encoder.Parameters.Windows.Where(w => w.Name == "theta"))
            foreach (ref float theta in encoder.Parameters.View(window).Values)
                theta = Math.Abs(theta) + 0.02f;
        encoder.Refresh();
    }

    /// <summary>Every kind, with depths: 0, 1 and one at which S and θ are used several times.</summary>
    public static TheoryData<string, int> Kinds { get; } = new()
    {
        { "lista", 0 }, { "lista", 1 }, { "lista", 3 }, { "lcod", 0 }, { "lcod", 1 }, { "lcod", 9 }, { "shrink", 0 }, { "tanh", 0 },
        { "tanh2", 0 },
        { "lista-layers", 0 }, { "lista-layers", 3 }, { "lista-coupled", 0 }, { "lista-coupled", 3 }, { "slista", 0 }, { "slista", 3 },
    };

    /// <summary>Every kind with every penalty whose codes it can predict.</summary>
    public static TheoryData<string, int, string> Family { get; } = new(
        from kind in Kinds
        from member in Problems.Members
        where !(kind.Data.Item1.StartsWith("tanh", StringComparison.Ordinal) && Problems.Penalty(member.Data, 1, 1).NonNegative)
        select (kind.Data.Item1, kind.Data.Item2, member.Data));

    public TrainableEncoder Encoder { get; }

    public EncoderTwin Twin { get; }

    public Matrix X { get; }

    public Matrix Target { get; }

    public double[] Parameters => LassoTwin.Widen(Encoder.Parameters.Values);

    /// <summary>The first of a row of seeds at which no pre-activation comes within <paramref name="distance"/> of its threshold.</summary>
    public static EncoderCase Create(
        string kind, int depth, double distance = 1e-3, int signalSize = 11, int codeSize = 13, string member = "")
    {
        for (int seed = 0; seed < 1000; seed += 10)
        {
            var candidate = new EncoderCase(
                EncoderFactory.Create(kind, RandomData.Dictionary(codeSize, signalSize, seed), Problems.Penalty(member, 0.3f, codeSize),
                depth), seed);
            candidate.Twin.Loss(candidate.Parameters, EncoderTwin.Rows(candidate.X), EncoderTwin.Rows(candidate.Target));
            if (candidate.Twin.NearestKink > distance)
                return candidate;
        }
        throw new InvalidOperationException("No seed keeps clear of the kinks.");
    }

    /// <summary>Gradient of ½Σ‖Z − Z*‖² as the library computes it.</summary>
    public (ParameterSlab Parameters, Matrix Dx, Matrix Z) Gradient()
    {
        EncoderPass pass = Encoder.CreatePass(X.Rows + 2);
        ParameterSlab gradient = Encoder.Parameters.EmptyCopy();
        Matrix z = new(X.Rows, Encoder.CodeSize), dz = new(X.Rows, Encoder.CodeSize), dx = new(X.Rows, X.Columns);
        pass.Forward(X).Values.CopyTo(z.Values);
        for (int i = 0; i < dz.Values.Length; i++)
            dz.Values[i] = z.Values[i] - Target.Values[i];
        pass.Backward(X, dz, gradient, dx);
        return (gradient, dx, z);
    }
}
