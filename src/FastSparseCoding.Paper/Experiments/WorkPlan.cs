namespace FastSparseCoding.Paper;

/// <summary>What a folder still lacks, as pieces of work by their titles, about in microseconds of one thread: for a bar of all, not for
/// any result.</summary>
internal static class WorkPlan
{
    // With 100 atoms on patches of 100 values; all grow about as the atoms.
    private const double LearningAPatch = 180, CodingAPatch = 20;
    private const double MeasuringASignal = 15_000, StartsASignal = 10_000, RobustnessASignal = 5_000;

    /// <summary>A digit has eight times the values of a patch, and an encoder of digits costs some three times as much.</summary>
    private const double Digit = 3;

    /// <summary>The work of the main experiments.</summary>
    public static IEnumerable<KeyValuePair<string, double>> OfPatches(RunFolder folder, Plan plan)
    {
        foreach (int atoms in plan.Atoms)
        {
            double size = atoms / 100.0;
            if (!folder.Contains($"dictionary-{atoms}.safetensors"))
                yield return new(Experiment.LearningTitle(atoms), plan.LearningSamples * LearningAPatch * size);
            for (int seed = 1; seed <= plan.Seeds; seed++)
            {
                Candidate[] missing = [.. Plan.Candidates.Where(c => !folder.Contains(c.FileName(atoms, seed)))];
                if (missing.Length > 0)
                    yield return new(SeedTrainings.CodesTitle(atoms, seed), plan.TrainingSamples(atoms) * CodingAPatch * size);
                foreach (Candidate candidate in missing)
                    yield return new(SeedTrainings.Title(candidate, atoms, seed), plan.TrainingSamples(atoms) * candidate.Work * size);
            }
            yield return new(Experiment.MeasuringTitle(atoms), plan.TestSignals * MeasuringASignal * size);
        }
        double all = plan.TestSignals * plan.Atoms.Sum() / 100.0;
        yield return new(WarmStartSection.Title, all * StartsASignal);
        yield return new(RobustnessSection.Title, all * RobustnessASignal);
    }

    /// <summary>The work of the experiment on digits.</summary>
    public static IEnumerable<KeyValuePair<string, double>> OfDigits(RunFolder folder, DigitsPlan plan)
    {
        double size = Digit * plan.Atoms / 100;
        if (!folder.Contains("digits-dictionary.safetensors"))
            yield return new(DigitsExperiment.LearningTitle(plan.Atoms), plan.LearningSamples * LearningAPatch * size);
        for (int seed = 1; seed <= plan.Seeds; seed++)
            foreach (Candidate candidate in DigitsPlan.Candidates)
            {
                string name = DigitsExperiment.FileName(candidate, seed);
                if (!folder.Contains($"{name}.safetensors"))
                    yield return new(DigitsExperiment.Title(candidate, seed), plan.EncoderSamples * candidate.Work * size);
                if (DigitsPlan.EndToEnd.Contains(candidate) && !folder.Contains($"{name}-end-to-end.safetensors"))
                    yield return new(DigitsExperiment.EndToEndTitle(candidate, seed),
                        (double)plan.EndToEndEpochs * plan.TrainingDigits * candidate.Work * size);
            }
    }
}
