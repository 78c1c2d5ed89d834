using System.Diagnostics;
using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Learning;

/// <summary>
/// Learns a dictionary: encode a batch exactly, move the atoms, keep them of unit norm, re-seed those that died from the worst-reconstructed
/// signals. Signals whose code is not certified are left out of all this, and counted.
/// </summary>
public sealed class DictionaryLearner
{
    private readonly DictionaryLearningOptions _options;
    private readonly AtomUpdate _update;
    private readonly float[] _use;      // faded share of signals that use each atom
    private Matrix _atoms;
    private long _samples;
    private long _batches;
    private int _reseeded;
    private long _uncertified;

    /// <summary>Begins with atoms drawn from signals.</summary>
    /// <param name="signals">Signals [N×n] to draw the first atoms from: at least as many distinct, non-zero ones as atoms.</param>
    /// <param name="options">How to learn, or null for the defaults.</param>
    /// <exception cref="ArgumentException">There are too few signals, or one is not finite.</exception>
    public DictionaryLearner(Matrix signals, DictionaryLearningOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(signals);
        _options = (options ?? DictionaryLearningOptions.Default).Validated();
        Throw.IfNotFinite(signals, nameof(signals));
        _atoms = FirstAtoms.Draw(signals, _options.AtomCount, _options.Seed);
        _use = new float[_options.AtomCount];
        Array.Fill(_use, 1f);
        _update = AtomUpdate.Create(_options, signals.Columns);
    }

    /// <summary>Goes on from a stored state.</summary>
    /// <param name="state">The state, of a learner with the same options.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The state is of other options.</exception>
    public DictionaryLearner(LearnerState state, DictionaryLearningOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        _options = (options ?? DictionaryLearningOptions.Default).Validated();
        if (state.Settings != _options.Settings)
            Throw.Argument(nameof(state), $"'state' is of a learning with {state.Settings}; it must be of one with {_options.Settings}.");
        Throw.IfShapeNot(state.Atoms.Rows, state.Atoms.Columns, _options.AtomCount, state.Atoms.Columns, "state.Atoms");
        Throw.IfShapeNot(state.A.Rows, state.A.Columns, _options.AtomCount, _options.AtomCount, "state.A");
        Throw.IfShapeNot(state.B.Rows, state.B.Columns, _options.AtomCount, state.Atoms.Columns, "state.B");
        Throw.IfLengthNot(state.Use.Length, _options.AtomCount, "state.Use");
        _atoms = state.Atoms.Clone();
        _use = (float[])state.Use.Clone();
        (_samples, _batches, _reseeded, _uncertified) = (state.Samples, state.Batches, state.ReseededAtoms, state.Uncertified);
        _update = AtomUpdate.Create(_options, _atoms.Columns);
        state.A.Values.CopyTo(_update.A.Values);
        state.B.Values.CopyTo(_update.B.Values);
    }

    /// <summary>The atoms as they are now.</summary>
    public AtomDictionary Dictionary => AtomDictionary.Normalize(_atoms);

    /// <summary>A copy of the state, to be stored.</summary>
    public LearnerState State => new(_options.Settings, _samples, _batches, _reseeded, _uncertified, _atoms.Clone(), _update.A.Clone(), _update.B.Clone(), (float[])_use.Clone());

    /// <summary>Signals seen.</summary>
    public long Samples => _samples;

    /// <summary>Dead atoms replaced so far.</summary>
    public int ReseededAtoms => _reseeded;

    /// <summary>Signals seen whose codes were not certified; nothing was learned from them.</summary>
    public long UncertifiedSignals => _uncertified;

    /// <summary>Mean E(x, z) over the last batch's signals with a certified code, before its update; NaN when there was none, 0 before the first batch.</summary>
    public double LastObjective { get; private set; }

    /// <summary>Mean number of non-zeros of their codes.</summary>
    public double LastNonZeros { get; private set; }

    /// <summary>Learns from a matrix of signals, over and over in fresh orders.</summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="options">How to learn, or null for the defaults.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentException">There are too few distinct signals, or one is not finite.</exception>
    /// <exception cref="ArithmeticException">No signal had a certified code.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static AtomDictionary Learn(Matrix x, DictionaryLearningOptions? options = null, IProgress<LearningProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfNotFinite(x, nameof(x));
        options ??= DictionaryLearningOptions.Default;
        return Learn(new MatrixSource(x, options.Seed), options, progress, null, null, cancellation);
    }

    /// <summary>Learns from a source of fresh signals.</summary>
    /// <param name="source">The signals.</param>
    /// <param name="options">How to learn, or null for the defaults.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="resume">A state to go on from, of the same options.</param>
    /// <param name="onCheckpoint">Given the state about every twentieth of the way, to be stored.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ArgumentException">There are too few distinct signals, or the state is of other options.</exception>
    /// <exception cref="ArithmeticException">No signal had a certified code.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static AtomDictionary Learn(
        ISignalSource source, DictionaryLearningOptions? options = null, IProgress<LearningProgress>? progress = null, LearnerState? resume = null, Action<LearnerState>? onCheckpoint = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        options = (options ?? DictionaryLearningOptions.Default).Validated();
        DictionaryLearner learner = resume is not null ? new DictionaryLearner(resume, options) : new DictionaryLearner(FirstSignals(source, options), options);
        long start = Stopwatch.GetTimestamp(), samplesAtStart = learner.Samples;
        while (learner.Samples < options.Samples)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = new Matrix((int)Math.Min(options.BatchSize, options.Samples - learner.Samples), source.SignalSize);
            source.Read(learner.Samples, batch);
            long twentieths = learner.Samples * 20 / options.Samples;
            learner.PartialFit(batch, cancellation);
            double rate = (learner.Samples - samplesAtStart) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            progress?.Report(new LearningProgress(learner.Samples, options.Samples, learner.LastObjective, learner.LastNonZeros, learner.ReseededAtoms, learner.UncertifiedSignals, rate, TimeSpan.FromSeconds((options.Samples - learner.Samples) / rate)));
            if (learner.Samples * 20 / options.Samples > twentieths)
                onCheckpoint?.Invoke(learner.State);
        }
        if (learner.UncertifiedSignals == learner.Samples)
            Throw.NoneCertified(learner.Samples, "signals", "nothing was learned");
        return learner.Dictionary;
    }

    /// <summary>Learns from one batch: encodes it exactly and updates the atoms once, without the signals whose code is not certified.</summary>
    /// <param name="batch">Signals [N×n], finite, N at least 1.</param>
    /// <param name="cancellation">Stops the encoding within a fraction of a second; nothing was then learned from the batch.</param>
    /// <exception cref="ArgumentException">A shape is wrong, or a signal is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void PartialFit(Matrix batch, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Throw.IfColumnsNot(batch.Columns, _atoms.Columns, nameof(batch));
        Throw.IfBelow(batch.Rows, 1, "batch.Rows");
        Throw.IfNotFinite(batch, nameof(batch));
        AtomDictionary dictionary = Dictionary;
        CertifiedCodes certified = CertifiedCodes.Of(new ActiveSetSolver(dictionary, _options.Lambda), batch, _options.Threads, cancellation);
        _samples += batch.Rows;
        _uncertified += certified.Uncertified;
        (LastObjective, LastNonZeros) = (double.NaN, double.NaN);
        if (certified.Codes.Rows > 0)
            Update(dictionary, certified.Signals, certified.Codes);
    }

    private void Update(AtomDictionary dictionary, Matrix x, Matrix z)
    {
        double[] energies = LassoObjective.Energies(x, dictionary, z, _options.Lambda);
        _batches++;
        _update.Apply(_atoms, x, z, _batches);
        CountUse(z);
        ReplaceDeadAtoms(x, energies);
        LastObjective = energies.Average();
        LastNonZeros = (double)NonZeros.Count(z.Values) / z.Rows;
    }

    private void CountUse(Matrix z)
    {
        var used = new int[z.Columns];
        for (int i = 0; i < z.Rows; i++)
            for (int k = 0; k < z.Columns; k++)
                used[k] += z.Row(i)[k] != 0 ? 1 : 0;
        // Fades over about twenty batches, so that one batch without an atom does not kill it.
        for (int k = 0; k < used.Length; k++)
            _use[k] += ((float)used[k] / z.Rows - _use[k]) / 20;
    }

    /// <summary>Atoms that hardly any signal uses become the signals that are worst explained.</summary>
    private void ReplaceDeadAtoms(Matrix batch, double[] energies)
    {
        int[] worst = [.. Enumerable.Range(0, batch.Rows).OrderByDescending(i => energies[i]).ThenBy(i => i)];
        int next = 0;
        for (int k = 0; k < _use.Length && next < worst.Length; k++)
        {
            if (_use[k] >= _options.DeadAtomUse)
                continue;
            ReadOnlySpan<float> signal = batch.Row(worst[next++]);
            double norm = Math.Sqrt(Reduction.Dot(signal, signal));
            if (norm == 0)
                return;
            for (int i = 0; i < signal.Length; i++)
                _atoms.Row(k)[i] = (float)(signal[i] / norm);
            _update.Forget(k);
            _use[k] = 1;
            _reseeded++;
        }
    }

    private static Matrix FirstSignals(ISignalSource source, DictionaryLearningOptions options)
    {
        var signals = new Matrix(Math.Max(4 * options.AtomCount, 1000), source.SignalSize);
        source.Read(0, signals);
        return signals;
    }
}
