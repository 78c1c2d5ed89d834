using System.Diagnostics;
using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Learning;

/// <summary>
/// Learns a dictionary: encode a batch exactly, move the atoms, keep them of unit norm, re-seed those that died from the
/// worst-reconstructed signals. Signals whose code is not certified are left out of all this, and counted.
/// </summary>
public sealed partial class DictionaryLearner
{
    private readonly DictionaryLearningOptions _options;
    private readonly SharedWork _work;
    private readonly SharedSolving _solving;
    private readonly AtomUpdate _update;
    private readonly AtomUse _use;
    private readonly Matrix _atoms;
    private readonly CodeLists _codes;
    private ActiveSetSolver? _solver;       // for a dictionary that follows the atoms
    private Matrix? _filled;
    private long _samples;
    private long _batches;
    private int _reseeded;
    private long _uncertified;

    /// <summary>Begins with atoms drawn from signals.</summary>
    /// <param name="signals">Signals [N×n] to draw the first atoms from: at least as many distinct, non-zero ones as atoms; of what is
    /// positive in them where atoms must not be negative.</param>
    /// <param name="options">How to learn, or null for the defaults.</param>
    /// <exception cref="ArgumentException">There are too few signals, or one is not finite.</exception>
    public DictionaryLearner(Matrix signals, DictionaryLearningOptions? options = null)
        : this(Validated(options), o => FirstAtoms(signals, o))
    {
    }

    /// <summary>Begins with the atoms of a dictionary.</summary>
    /// <param name="start">The dictionary [m×n]; its atoms not negative where the options ask for it.</param>
    /// <param name="options">How to learn, or null for the defaults; as many atoms as the dictionary has.</param>
    /// <exception cref="ArgumentException">The dictionary has another number of atoms, or a negative value that it must not
    /// have.</exception>
    public DictionaryLearner(AtomDictionary start, DictionaryLearningOptions? options = null)
        : this(Validated(options), o => SignalAtoms.Of(start, o))
    {
    }

    /// <summary>Goes on from a stored state.</summary>
    /// <param name="state">The state, of a learner with the same options.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The state is of other options.</exception>
    public DictionaryLearner(LearnerState state, DictionaryLearningOptions? options = null)
        : this(Validated(options), o => Checked(state, o).Atoms.Clone())
    {
        state.Use.CopyTo(_use.Shares, 0);
        (_samples, _batches, _reseeded, _uncertified) = (state.Samples, state.Batches, state.ReseededAtoms, state.Uncertified);
        state.A.Values.CopyTo(_update.A.Values);
        state.B.Values.CopyTo(_update.B.Values);
        state.Filled.CopyTo(_update.Filled, 0);
    }

    private DictionaryLearner(DictionaryLearningOptions options, Func<DictionaryLearningOptions, Matrix> atoms)
    {
        _options = options;
        _work = new SharedWork(options.Ranks);
        _solving = new SharedSolving(_work);
        _atoms = atoms(options);
        _use = new AtomUse(options.AtomCount);
        _update = AtomUpdate.Create(options, _atoms.Columns);
        _codes = new CodeLists(options.AtomCount);
    }

    /// <summary>The atoms as they are now.</summary>
    public AtomDictionary Dictionary => AtomDictionary.Normalize(_atoms);

    /// <summary>A copy of the state, to be stored.</summary>
    public LearnerState State
        => new(_options.Settings, _samples, _batches, _reseeded, _uncertified, _atoms.Clone(), _update.A.Clone(), _update.B.Clone(),
        (float[])_use.Shares.Clone(), (float[])_update.Filled.Clone());

    /// <summary>Signals seen.</summary>
    public long Samples => _samples;

    /// <summary>Dead atoms replaced so far.</summary>
    public int ReseededAtoms => _reseeded;

    /// <summary>Signals seen whose codes were not certified; nothing was learned from them.</summary>
    public long UncertifiedSignals => _uncertified;

    /// <summary>Mean E(x, z) over the last batch's signals with a certified code, of known values only, before its update; NaN when there
    /// was none, 0 before the first batch.</summary>
    public double LastObjective { get; private set; }

    /// <summary>Mean number of non-zeros of their codes.</summary>
    public double LastNonZeros { get; private set; }

    /// <summary>Learns from one batch: encodes it exactly and updates the atoms once, without the signals whose code is not
    /// certified.</summary>
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
        ActiveSetSolver solver = Solver();
        SolveReport report = _solving.Solve(
            batch, null, _codes, (x, _, z) => solver.Solve(x, z, false, _options.Threads, cancellation), cancellation);
        Learn(report, batch, null);
    }

    /// <summary>
    /// Learns from one batch of which only some values are known. Unknown values become what the atoms and codes make of them, x̃ = Mx + (1
    /// − M)zD, and the atoms are updated by x̃: ½‖x̃ − zD‖² is never below ½‖M(x − zD)‖² and equals it at the atoms as they are, so that
    /// what lowers the one lowers the other (majorisation; for matrix factorisation Srebro and Jaakkola 2003). Where all is known this is
    /// the learning of whole signals, bit for bit.
    /// </summary>
    /// <param name="batch">Signals [N×n], N at least 1; known values finite, unknown ones anything, NaN too.</param>
    /// <param name="mask">Mask [N×n]: 1 where a value is known, 0 where it is not; at least one known in every row.</param>
    /// <param name="cancellation">Stops the encoding within a fraction of a second; nothing was then learned from the batch.</param>
    /// <exception cref="ArgumentException">A shape is wrong, a mask holds another number or no 1 in a row, or a known value is not
    /// finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void PartialFit(Matrix batch, Matrix mask, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(mask);
        Throw.IfBelow(batch.Rows, 1, "batch.Rows");
        Masks.Check(batch, mask, _atoms.Columns, nameof(batch));
        if (!mask.Values.Contains(0f))
        {
            PartialFit(batch, cancellation);
            return;
        }
        ActiveSetSolver solver = Solver();
        SolveReport report = _solving.Solve(
            batch, mask, _codes, (x, known, z) => solver.Solve(x, known!, z, _options.Threads, cancellation), cancellation);
        Matrix filled = ReusedMatrix.Of(ref _filled, batch.Rows, batch.Columns);
        filled.Values.Clear();
        for (int i = 0; i < batch.Rows; i++)
        {
            FadedSum.Add(1, _codes.ValuesOf(i), solver.Dictionary.Atoms, _codes.AtomsOf(i), filled.Row(i));     // zD
            Masks.Fill(batch.Row(i), mask.Row(i), filled.Row(i));                                               // x̃ = Mx + (1 − M)zD
        }
        Learn(report, filled, mask);
    }

    /// <summary>The solver for the atoms as they are: from the second batch on the same one, with its memory.</summary>
    private ActiveSetSolver Solver()
    {
        if (_solver is null)
            return _solver = new ActiveSetSolver(Dictionary, _options.Penalty);
        _solver.Dictionary.Follow(_atoms, _options.Threads);
        _solver.Follow();
        return _solver;
    }

    /// <summary>Learns from signals x whose codes were just found, as far as these are certified.</summary>
    private void Learn(SolveReport report, Matrix x, Matrix? mask)
    {
        int[] certified = report.Certified();
        _samples += x.Rows;
        _uncertified += x.Rows - certified.Length;
        (LastObjective, LastNonZeros) = (double.NaN, double.NaN);
        if (certified.Length == 0)
            return;
        if (certified.Length < x.Rows)
        {
            (x, mask) = (x.SelectRows(certified), mask?.SelectRows(certified));
            _codes.Keep(certified);
        }
        Update(x, mask, [.. certified.Select(i => report.Energy[i])]);
    }

    private void Update(Matrix x, Matrix? mask, double[] energies)
    {
        _batches++;
        _codes.Turn();
        _update.Apply(_atoms, x, mask, _codes, _batches);
        _use.Count(_codes);
        LastNonZeros = (double)_codes.Count / x.Rows;
        ReplaceDeadAtoms(x, energies);
        LastObjective = energies.Average();
    }

    /// <summary>Atoms that hardly any signal uses become the signals that are worst explained.</summary>
    private void ReplaceDeadAtoms(Matrix x, double[] energies)
    {
        int[] dead = [.. Enumerable.Range(0, _use.Shares.Length).Where(k => _use.Shares[k] < _options.DeadAtomUse)];
        if (dead.Length == 0)
            return;
        int[] worst = [.. Enumerable.Range(0, x.Rows).OrderByDescending(i => energies[i]).ThenBy(i => i)];
        int next = 0;
        foreach (int k in dead)
        {
            while (next < worst.Length && !SignalAtoms.TryMake(x.Row(worst[next]), _atoms.Row(k), _options))
                next++;
            if (next++ >= worst.Length)
                return;
            _update.Forget(k);
            _use.Shares[k] = 1;
            _reseeded++;
        }
    }

    private static DictionaryLearningOptions Validated(DictionaryLearningOptions? options)
        => (options ?? DictionaryLearningOptions.Default).Validated();

    private static Matrix FirstAtoms(Matrix signals, DictionaryLearningOptions options)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Throw.IfNotFinite(signals, nameof(signals));
        return SignalAtoms.Draw(signals, options);
    }

    private static LearnerState Checked(LearnerState state, DictionaryLearningOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Settings != options.Settings)
            Throw.Argument(nameof(state), $"'state' is of a learning {SettingsText.Difference(state.Settings, options.Settings)}.");
        Throw.IfShapeNot(state.Atoms.Rows, state.Atoms.Columns, options.AtomCount, state.Atoms.Columns, "state.Atoms");
        Throw.IfShapeNot(state.A.Rows, state.A.Columns, options.AtomCount, options.AtomCount, "state.A");
        Throw.IfShapeNot(state.B.Rows, state.B.Columns, options.AtomCount, state.Atoms.Columns, "state.B");
        Throw.IfLengthNot(state.Use.Length, options.AtomCount, "state.Use");
        Throw.IfLengthNot(state.Filled.Length, state.Atoms.Columns, "state.Filled");
        return state.Validated();
    }
}
