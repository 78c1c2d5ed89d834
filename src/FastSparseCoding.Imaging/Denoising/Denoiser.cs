using System.Numerics.Tensors;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Imaging;

/// <summary>
/// A trained denoiser of patches: a coupled LISTA, R(t) = x − Z(t−1)D, Z(t) = h_{θ_t}(Z(t−1) + R(t)Aᵀ) from Z(0) = h_{θ_0}(xAᵀ), whose
/// thresholds know the noise, θ_t = a_t + b_t·σ/255, and a decoder: x̂ = Z(T)W. <see cref="DenoiserTrainer"/> trains it through the
/// averaged picture (after Simon and Elad 2019; Lecouat, Ponce and Mairal 2020). Immutable while denoising and safe to share between
/// threads.
/// </summary>
/// <remarks>Windows: A, D, W [m×C·p²]; a, b [(T+1)×m], of which row t belongs to layer t.</remarks>
public sealed class Denoiser : IPatchDenoiser
{
    /// <summary>Most layers after the first.</summary>
    public const int MaxDepth = 100;

    /// <summary>Largest side of a patch in pixels.</summary>
    public const int MaxPatchSize = 32;

    /// <summary>Patches that go through the layers together: their codes stay in the second-level cache.</summary>
    internal const int BlockRows = 128;

    /// <summary>Thresholds of an untrained denoiser: so much of σ, and so much whatever σ is.</summary>
    private const float StartOffset = 0.002f, StartSlope = 0.18f;

    private readonly WorkspacePool<Workspace> _workspaces;

    internal Denoiser(int patchSize, int channels, int atoms, int depth, float sigmaFrom, float sigmaTo)
    {
        int n = channels * patchSize * patchSize;
        (PatchSize, Channels, AtomCount, Depth, SigmaFrom, SigmaTo) = (patchSize, channels, atoms, depth, sigmaFrom, sigmaTo);
        SignalSize = n;
        Parameters = new ParameterSlab(Layout(n, atoms, depth));
        Layers = new CoupledLayers(n, atoms, depth);
        _workspaces = new WorkspacePool<Workspace>(() => new Workspace(this));
    }

    /// <inheritdoc/>
    public int PatchSize { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Atoms m.</summary>
    public int AtomCount { get; }

    /// <summary>Layers after the first, T.</summary>
    public int Depth { get; }

    /// <summary>Least noise it was trained for, σ in levels of 255.</summary>
    public float SigmaFrom { get; internal set; }

    /// <summary>Most noise it was trained for.</summary>
    public float SigmaTo { get; internal set; }

    /// <summary>The parameters; whoever changes them calls <see cref="Refresh"/> before the next use.</summary>
    public ParameterSlab Parameters { get; }

    /// <summary>Multiply-adds for a patch, counting the dense products.</summary>
    public long MultiplyAdds => (2L * Depth + 2) * AtomCount * SignalSize;

    /// <summary>Values of a patch, n = C·p².</summary>
    internal int SignalSize { get; }

    internal CoupledLayers Layers { get; }

    /// <summary>An untrained denoiser whose A, D and W are the overcomplete DCT, so scaled that it takes steps of ISTA.</summary>
    /// <param name="patchSize">Side p of a patch in pixels, from 2 to <see cref="MaxPatchSize"/>.</param>
    /// <param name="atoms">Atoms m: a square number f² of f cosines in each direction, f at least p and at most 128. Of three channels, the
    /// DCT's lowest frequencies: of the m atoms a sixth, rounded down, is of each of two opponent colours, and the others of the
    /// luminance.</param>
    /// <param name="depth">Layers after the first, T, from 0 to <see cref="MaxDepth"/>.</param>
    /// <param name="channels">Channels C of a patch, 1 or 3.</param>
    /// <returns>The denoiser, to be trained.</returns>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public static Denoiser FromDct(int patchSize, int atoms, int depth, int channels = 1)
    {
        Throw.IfOutside(patchSize, 2, MaxPatchSize);
        if (channels is not (1 or 3))
            Throw.OutOfRange(nameof(channels), channels, "1 or 3");
        int frequencies = (int)Math.Round(Math.Sqrt(Math.Max(0, atoms)));
        if (frequencies * frequencies != atoms || frequencies < patchSize || frequencies > 128)
            Throw.OutOfRange(nameof(atoms), atoms, $"a square number from {patchSize * patchSize} to {128 * 128}");
        AtomDictionary dct = channels == 1 ? OvercompleteDct.Create(patchSize, frequencies) : ColourDct.Create(patchSize, atoms);
        return FromDictionary(dct, depth, channels);
    }

    /// <summary>An untrained denoiser whose A, D and W are a dictionary's atoms, so scaled that it takes steps of ISTA.</summary>
    /// <param name="dictionary">Atoms [m×C·p²] of square patches, channel after channel.</param>
    /// <param name="depth">Layers after the first, T, from 0 to <see cref="MaxDepth"/>.</param>
    /// <param name="channels">Channels C of a patch, 1 or 3.</param>
    /// <returns>The denoiser, to be trained.</returns>
    /// <exception cref="ArgumentException">The atoms are no square patches of 2 to <see cref="MaxPatchSize"/> pixels a side, or a number is
    /// out of its range.</exception>
    public static Denoiser FromDictionary(AtomDictionary dictionary, int depth, int channels = 1)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        Throw.IfOutside(depth, 0, MaxDepth);
        int side = SquarePatch.SideOf(dictionary, channels);
        var denoiser = new Denoiser(side, channels, dictionary.AtomCount, depth, sigmaFrom: 0, sigmaTo: 0);
        float scale = 1 / MathF.Sqrt(dictionary.Lipschitz);
        for (int i = 0; i < 3; i++)
            TensorPrimitives.Multiply(dictionary.Atoms.Values, scale, denoiser.View(i).Values);
        denoiser.View(3).Values.Fill(StartOffset);
        denoiser.View(4).Values.Fill(StartSlope);
        denoiser.Refresh();
        return denoiser;
    }

    /// <summary>A denoiser of more layers that begins with what this one has learned: its A, D and W, its thresholds, and in every further
    /// layer those of its last. Trained on, it is better after the same time than one that was deep from the start.</summary>
    /// <param name="depth">Layers after the first, from <see cref="Depth"/> to <see cref="MaxDepth"/>.</param>
    /// <returns>The denoiser, to be trained; this one is not changed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is out of range.</exception>
    public Denoiser WithDepth(int depth)
    {
        Throw.IfOutside(depth, Depth, MaxDepth);
        var deeper = new Denoiser(PatchSize, Channels, AtomCount, depth, SigmaFrom, SigmaTo);
        for (int i = 0; i < 3; i++)
            View(i).Values.CopyTo(deeper.View(i).Values);
        for (int i = 3; i < 5; i++)
            for (int t = 0; t <= depth; t++)
                View(i).Row(Math.Min(t, Depth)).CopyTo(deeper.View(i).Row(t));
        deeper.Refresh();
        return deeper;
    }

    /// <inheritdoc/>
    public void Denoise(ReadOnlyMatrixView x, MatrixView y, float sigma, CancellationToken cancellation)
    {
        NoiseLevel.Check(sigma);
        Throw.IfColumnsNot(x.Columns, SignalSize, nameof(x));
        Throw.IfShapeNot(y.Rows, y.Columns, x.Rows, x.Columns, nameof(y));
        Workspace workspace = _workspaces.Rent();
        Thresholds(sigma, workspace.Theta);
        for (int start = 0; start < x.Rows; start += BlockRows)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(BlockRows, x.Rows - start);
            Layers.Forward(x.RowRange(start, count), workspace.Theta, workspace.Tape, y.RowRange(start, count));
        }
        _workspaces.Return(workspace);
    }

    /// <summary>0: the patches alone make the picture.</summary>
    /// <param name="sigma">Not looked at.</param>
    /// <returns>0.</returns>
    public float NoisyWeight(float sigma) => 0;

    /// <summary>Takes changed parameters into use: packs the weights again. Not to be called while another thread denoises.</summary>
    public void Refresh() => RefreshRows(0, AtomCount);

    /// <summary>The same for some rows of every window, <paramref name="first"/> a multiple of 4. Threads may take different rows at
    /// once.</summary>
    internal void RefreshRows(int first, int count)
    {
        count = Math.Min(count, AtomCount - first);
        if (count <= 0)
            return;
        Layers.PackRows(View(0), View(1), View(2), first, count);
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int atoms, int depth)
        => ParameterSlab.Layout(
            ("A", atoms, signalSize), ("D", atoms, signalSize), ("W", atoms, signalSize),
            new WindowShape("a", depth + 1, atoms, IsThreshold: true), new WindowShape("b", depth + 1, atoms, IsThreshold: true));

    /// <summary>θ_t = a_t + b_t·σ/255 for all layers [(T+1)×m].</summary>
    internal void Thresholds(float sigma, Matrix theta)
        => TensorPrimitives.MultiplyAdd(View(4).Values, sigma / 255, View(3).Values, theta.Values);

    /// <summary>The way back of a block of patches, which went forward through <see cref="Layers"/>: adds to the gradients of A, D and W,
    /// and of the thresholds [(T+1)×m].</summary>
    internal void Backward(ReadOnlyMatrixView x, ReadOnlyMatrixView dy, CoupledTape tape, ParameterSlab gradient, Matrix dTheta)
    {
        Layers.Backward(dy, tape);
        Layers.AddGradient(x, dy, tape, View(gradient, 0), View(gradient, 1), View(gradient, 2), dTheta);
    }

    /// <summary>Adds the thresholds' gradient to those of what they are made of.</summary>
    internal static void AddThresholds(Matrix dTheta, float sigma, ParameterSlab gradient)
    {
        MatrixView da = View(gradient, 3), db = View(gradient, 4);
        TensorPrimitives.Add(dTheta.Values, da.Values, da.Values);                                  // da_t += dθ_t
        TensorPrimitives.MultiplyAdd(dTheta.Values, sigma / 255, db.Values, db.Values);             // db_t += σ/255 · dθ_t
    }

    private MatrixView View(int window) => View(Parameters, window);

    private static MatrixView View(ParameterSlab slab, int window) => slab.View(slab.Windows[window]);

    /// <summary>What a thread needs to denoise.</summary>
    private sealed class Workspace(Denoiser denoiser)
    {
        public Matrix Theta { get; } = new(denoiser.Depth + 1, denoiser.AtomCount);

        public CoupledTape Tape { get; } = new(denoiser.Layers, BlockRows, new Matrix(BlockRows, denoiser.AtomCount), keep: false);
    }
}
