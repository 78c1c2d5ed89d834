using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>What an encoder predicts are the codes of one problem: its dictionary and its penalty.</summary>
internal static class TargetCheck
{
    /// <summary>Refuses a target that solves another problem, as far as both tell.</summary>
    public static void RequireSameProblem(TrainableEncoder encoder, ISparseEncoder target)
    {
        (AtomDictionary? dictionary, Penalty? penalty) = target switch
        {
            LassoSolver solver => (solver.Dictionary, solver.Penalty),
            RelativeLassoEncoder relative => (relative.Solver.Dictionary, null),        // its λ is another for every signal
            OmpEncoder pursuit => (pursuit.Dictionary, null),
            TrainableEncoder other => (other.Dictionary, other.Penalty),
            _ => ((AtomDictionary?)null, (Penalty?)null),
        };
        if (dictionary is not null && encoder.Dictionary is not null && dictionary.Hash != encoder.Dictionary.Hash)
            Throw.Argument(nameof(target),
                $"'target' gives codes of dictionary {dictionary.Hash}; they must be of the encoder's, {encoder.Dictionary.Hash}.");
        if (penalty is not null && !penalty.Equals(encoder.Penalty))
            Throw.Argument(nameof(target), $"'target' gives codes of {penalty}; they must be of the encoder's, {encoder.Penalty}.");
    }
}
