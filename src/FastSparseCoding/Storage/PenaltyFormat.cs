namespace FastSparseCoding.Storage;

/// <summary>
/// The penalty as it stands in a model file: λ always, the rest only where it is not the lasso's. An older reader would take another
/// penalty for λ‖z‖₁, so that such a file is of a newer version.
/// </summary>
internal static class PenaltyFormat
{
    private const string True = "true", False = "false";

    public static void Write(ModelWriter writer, Penalty penalty)
    {
        writer.Set(ModelFormat.LambdaKey, penalty.Lambda);
        if (penalty.IsLasso)
            return;
        writer.Set(ModelFormat.VersionKey, ModelFormat.PenaltyVersion);
        writer.Set(ModelFormat.RidgeKey, penalty.Ridge);
        writer.Set(ModelFormat.NonNegativeKey, penalty.NonNegative ? True : False);
        if (!penalty.Weights.IsEmpty)
            writer.Add(ModelFormat.WeightsTensor, penalty.Weights);
    }

    public static Penalty Read(ModelReader reader)
    {
        float lambda = reader.Number(ModelFormat.LambdaKey, float.Epsilon, float.MaxValue);
        float ridge = reader.Has(ModelFormat.RidgeKey) ? reader.Number(ModelFormat.RidgeKey, 0, float.MaxValue) : 0;
        bool nonNegative = reader.Has(ModelFormat.NonNegativeKey) && ReadFlag(reader);
        float[] weights = reader.HasTensor(ModelFormat.WeightsTensor) ? ReadWeights(reader) : [];
        return reader.Build("penalty", () => new Penalty(lambda, weights, ridge, nonNegative));
    }

    private static float[] ReadWeights(ModelReader reader)
    {
        float[] weights = reader.Values<float>(ModelFormat.WeightsTensor);
        int codeSize = reader.Number(ModelFormat.CodeSizeKey, 1, int.MaxValue);
        if (weights.Length != codeSize)
            Throw.InvalidFile(reader.Path,
                $"its penalty has {weights.Length} weights; expected {codeSize}, one for every value of a code.");
        return weights;
    }

    private static bool ReadFlag(ModelReader reader)
    {
        string text = reader.Text(ModelFormat.NonNegativeKey);
        if (text is not (True or False))
            Throw.InvalidFile(reader.Path, $"its metadata has {ModelFormat.NonNegativeKey} '{text}'; expected {True} or {False}.");
        return text == True;
    }
}
