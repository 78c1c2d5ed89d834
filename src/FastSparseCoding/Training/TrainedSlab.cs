using FastSparseCoding.Encoders;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Training;

/// <summary>Parameters in training: their gradient, their optimiser, and the best of them so far.</summary>
/// <param name="parameters">The parameters.</param>
/// <param name="optimizer">How they follow their gradient.</param>
/// <param name="rate">Rate of a window at the start.</param>
/// <param name="penalty">Of a window, what ½·penalty·‖w‖² adds to the mean loss.</param>
/// <param name="refresh">Takes rows first to first + count − 1 of every window into use.</param>
internal sealed class TrainedSlab(
    ParameterSlab parameters, OptimizerKind optimizer, Func<ParameterWindow, float> rate, Func<ParameterWindow, float> penalty, Action<int,
    int> refresh)
{
    /// <summary>Rows that are updated and then packed while they are in cache.</summary>
    private const int ChunkRows = 16;

    private readonly float[] _rates = [.. parameters.Windows.Select(rate)];
    private readonly float[] _penalties = [.. parameters.Windows.Select(penalty)];
    private readonly int _rows = parameters.Windows.Max(w => w.Rows);

    public ParameterSlab Parameters { get; } = parameters;

    /// <summary>Sum of the batch's gradients.</summary>
    public ParameterSlab Gradient { get; } = parameters.EmptyCopy();

    private readonly Optimizer _optimizer = Optimizer.Create(optimizer, parameters.Values.Length);
    private readonly float[] _best = parameters.Values.ToArray();

    /// <summary>A copy of everything that training changes.</summary>
    public SlabState State => new(
        Parameters.Values.ToArray(), [.. _best], [.. _optimizer.Moments.Select(moment => (float[])moment.Clone())]);

    /// <summary>Makes a part of the gradient zero.</summary>
    public void Clear(Part part)
    {
        (int first, int count) = part.Of(Gradient.Values.Length);
        Gradient.Values.Slice(first, count).Clear();
    }

    /// <summary>Whether a part of the mean gradient is finite, and its squares.</summary>
    public bool IsFinite(Part part, float scale)
    {
        (int first, int count) = part.Of(Gradient.Values.Length);
        return Reduction.AllSquaresFinite(Gradient.Values.Slice(first, count), scale);
    }

    /// <summary>Takes step number <paramref name="step"/>, counted from 1, with a part of the parameters.</summary>
    public void Update(Part part, float scale, float decay, long step)
    {
        StepSettings settings = _optimizer.At(step, scale);
        (int first, int count) = part.Of(_rows);
        for (int end = first + count; first < end; first += ChunkRows)
        {
            int rows = Math.Min(ChunkRows, end - first);
            for (int w = 0; w < Parameters.Windows.Count; w++)
            {
                ParameterWindow window = Parameters.Windows[w];
                if (first >= window.Rows)
                    continue;
                int length = Math.Min(rows, window.Rows - first) * window.Columns, at = window.Offset + first * window.Columns;
                Span<float> p = Parameters.Values.Slice(at, length), g = Gradient.Values.Slice(at, length);
                _optimizer.Step(p, g, at, settings, _rates[w] * decay, _penalties[w], window.IsThreshold ? 0 : float.NegativeInfinity);
            }
            refresh(first, rows);
        }
    }

    /// <summary>Keeps the parameters as the best so far.</summary>
    public void KeepBest() => Parameters.Values.CopyTo(_best);

    /// <summary>Goes back to the best parameters.</summary>
    public void TakeBest() => Take(_best);

    /// <summary>The same in the middle of a training: what carried the parameters away is forgotten, how large gradients are is
    /// not.</summary>
    public void GoBack()
    {
        TakeBest();
        if (_optimizer.Moments.Length > 0)
            Array.Clear(_optimizer.Moments[0]);
    }

    /// <summary>Refuses a state of another length.</summary>
    public void RequireFits(SlabState state)
    {
        Throw.IfLengthNot(state.Parameters.Length, _best.Length, "resume.Parameters");
        Throw.IfLengthNot(state.Best.Length, _best.Length, "resume.BestParameters");
        Throw.IfLengthNot(state.Moments.Length, _optimizer.Moments.Length, "resume.Moments");
        foreach (float[] moment in state.Moments)
            Throw.IfLengthNot(moment.Length, _best.Length, "resume.Moments");
    }

    /// <summary>Goes on from a state.</summary>
    public void Restore(SlabState state)
    {
        Take(state.Parameters);
        state.Best.CopyTo(_best, 0);
        for (int i = 0; i < state.Moments.Length; i++)
            state.Moments[i].CopyTo(_optimizer.Moments[i], 0);
    }

    private void Take(float[] values)
    {
        values.CopyTo(Parameters.Values);
        refresh(0, _rows);
    }
}

/// <summary>Parameters in training, as a checkpoint holds them.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Best">Those that were measured the best.</param>
/// <param name="Moments">The optimiser's moments.</param>
internal sealed record SlabState(float[] Parameters, float[] Best, float[][] Moments);
