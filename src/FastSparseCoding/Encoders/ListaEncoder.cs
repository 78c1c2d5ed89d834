using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// LISTA, the learned ISTA (Gregor and LeCun 2010, Algorithm 3): ISTA unrolled to a fixed depth T with trained W_e, S and θ, shared over
/// the layers. Made from a dictionary it equals T + 1 iterations of ISTA from zero, until it is trained. Immutable while encoding and safe
/// to share between threads.
/// </summary>
/// <remarks>Windows: W_e [m×n], S_transposed [m×m], theta [1×m]. S is kept transposed: C = B + Σ_j z_j (Sᵀ)_j is then a sum of
/// rows.</remarks>
public sealed class ListaEncoder : SharedLayersEncoder
{
    /// <summary>Largest depth.</summary>
    public const int MaxDepth = 1000;

    internal ListaEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize, depth)))
    {
    }

    internal static EncoderFamily OfKind { get; } = new()
    {
        Name = "lista",
        MaxDepth = MaxDepth,
        DefaultDepth = 3,
        HasSquareMatrix = true,
        FromDictionary = FromDictionary,
        Empty = (n, m, depth, penalty, dictionary) => new ListaEncoder(n, m, depth, penalty, dictionary),
        Layout = Layout,
    };

    internal override EncoderFamily Family => OfKind;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="MaxDepth"/>; 0 is the plain shrinkage encoder.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ or the depth is out of range.</exception>
    /// <example><code>
    /// ListaEncoder lista = ListaEncoder.FromDictionary(dictionary, lambda: 0.5f, depth: 3);
    /// EncoderTrainer.Train(lista, x, new ActiveSetSolver(dictionary, 0.5f), new() { Samples = 1_000_000 });
    /// </code></example>
    public static ListaEncoder FromDictionary(AtomDictionary dictionary, float lambda, int depth)
        => FromDictionary(dictionary, new Penalty(lambda), depth);

    /// <summary>The encoder that equals <paramref name="depth"/> + 1 iterations of ISTA: W_e = D/L, S = I − G/L, θ = λw/L, each divided by
    /// 1 + μ/L.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="MaxDepth"/>; 0 is the plain shrinkage encoder.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The depth is out of range, or the weights are not those of m atoms.</exception>
    public static ListaEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty, int depth)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new ListaEncoder(dictionary.SignalSize, dictionary.AtomCount, depth, penalty, dictionary);
        encoder.Initialize(dictionary);
        return encoder;
    }

    /// <summary>An encoder that starts from a random dictionary instead of the one whose codes it will predict.</summary>
    /// <param name="signalSize">Size of a signal n.</param>
    /// <param name="codeSize">Size of a code m.</param>
    /// <param name="penalty">What the codes to predict pay for not being zero; a number λ stands for λ‖z‖₁.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="MaxDepth"/>.</param>
    /// <param name="seed">Seed of the random atoms.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size or the depth is out of range.</exception>
    /// <exception cref="ArgumentException">The weights are not those of m atoms.</exception>
    public static ListaEncoder Random(int signalSize, int codeSize, Penalty penalty, int depth, int seed)
    {
        var encoder = new ListaEncoder(signalSize, codeSize, depth, penalty, dictionary: null);
        encoder.Initialize(RandomAtoms.Draw(codeSize, signalSize, seed));
        return encoder;
    }

    /// <summary>The first layers as an encoder of their own: with the same W_e, S and θ it returns Z(<paramref name="depth"/>) of this
    /// one.</summary>
    /// <param name="depth">Products by S, from 0 to <see cref="TrainableEncoder.Depth"/>.</param>
    /// <returns>A copy that stops after that many products; at 0 the plain shrinkage encoder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is out of range.</exception>
    public ListaEncoder Truncate(int depth)
    {
        Throw.IfOutside(depth, 0, Depth);
        var first = new ListaEncoder(SignalSize, CodeSize, depth, Penalty, Dictionary);
        Parameters.Values.CopyTo(first.Parameters.Values);
        first.Refresh();
        return first;
    }

    internal override long TapeFloats => (2L * Depth + 4) * CodeSize;

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, MaxDepth);
        var theta = new WindowShape("theta", 1, codeSize, IsThreshold: true);
        return ParameterSlab.Layout(("W_e", codeSize, signalSize), ("S_transposed", codeSize, codeSize), theta);
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    private void Initialize(AtomDictionary dictionary)
    {
        ProximalStep.OfGradient(
            dictionary, Penalty, Parameters.View("W_e"), Parameters.View("S_transposed"), Parameters.View("theta").Values);
        Refresh();
    }

    private sealed class Pass(ListaEncoder encoder, int maxRows, bool keepTape) : LayersPass(encoder, maxRows, keepTape)
    {
        private readonly ParameterWindow _theta = encoder.Parameters.Windows[2];

        /// <summary>B is not asked for on the way back.</summary>
        protected override Matrix DB => B;

        protected override ReadOnlyMatrixView Input(int t, int first, int count) => B.RowRange(first, count);

        protected override ReadOnlySpan<float> Theta(int t) => encoder.Parameters.View(_theta).Values;

        protected override void ThresholdBackward(int t, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView dC, MatrixView dB)
            => Shrinkage.SoftThresholdBackward(z, dz, dC, dB);                                                  // dB += dC

        protected override void AddOwnGradient(ParameterSlab gradient, int first, int count)
        {
            Span<float> dTheta = gradient.View(_theta).Values.Slice(first, count);
            // dθ −= Σ_t Σ sign(C(t)) ⊙ dC(t)
            Shrinkage.ThresholdBackward(AllZ, AllDC, first, dTheta);
        }
    }
}
