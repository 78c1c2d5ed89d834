using FastSparseCoding.Encoders;
using FastSparseCoding.Training;

namespace FastSparseCoding.Storage;

/// <summary>Encoders and classifiers as graphs: an operation a line, with its equation. Initializers have the names of the parameters in
/// model files.</summary>
internal static class OnnxEncoders
{
    /// <summary>The codes [N×m] of signals x [N×n].</summary>
    public static OnnxValue Codes(OnnxGraph g, OnnxValue x, TrainableEncoder encoder) => encoder switch
    {
        ListaEncoder e => Lista(g, x, e),
        LayeredListaEncoder e => LayeredLista(g, x, e),
        CoupledListaEncoder e => CoupledLista(g, x, e),
        StepListaEncoder e => StepLista(g, x, e),
        LcodEncoder e => Lcod(g, x, e),
        ShrinkEncoder e => Shrink(g, x, e),
        TanhEncoder e => Tanh(g, x, e),
        DoubleTanhEncoder e => DoubleTanh(g, x, e),
        _ => Throw.Argument<OnnxValue>(nameof(encoder), $"'encoder' is a '{encoder.Kind}'; it must be of a kind that has a graph."),
    };

    /// <summary>The logits [N×C] of codes z [N×m].</summary>
    public static OnnxValue Logits(OnnxGraph g, OnnxValue z, LinearClassifier classifier)
    {
        OnnxValue w = g.Constant("weights", classifier.Parameters.View("weights"));
        OnnxValue b = g.Constant("bias", classifier.Parameters.View("bias").Row(0));
        return g.MultiplyTransposed(z, w, b);                                           // y = zWᵀ + b
    }

    /// <summary>The codes of <see cref="CoupledLayers"/>, whose thresholds are given: κ is what a layer keeps of the last.</summary>
    public static OnnxValue CoupledLayers(
        OnnxGraph g, OnnxValue x, OnnxValue a, OnnxValue d, IReadOnlyList<OnnxThreshold> theta, float kept = 1)
    {
        OnnxValue z = g.SoftThreshold(g.MultiplyTransposed(x, a), theta[0]);            // Z(0) = h_θ₀(xAᵀ)
        for (int t = 1; t < theta.Count; t++)
        {
            OnnxValue r = g.Multiply(z, d, x, alpha: -1);                               // R(t) = x − Z(t−1)D
            OnnxValue c = g.MultiplyTransposed(r, a, z, beta: kept);                    // C(t) = κZ(t−1) + R(t)Aᵀ
            z = g.SoftThreshold(c, theta[t]);                                           // Z(t) = h_θt(C(t))
        }
        return z;
    }

    private static OnnxValue Shrink(OnnxGraph g, OnnxValue x, ShrinkEncoder encoder)
        => g.SoftThreshold(g.MultiplyTransposed(x, Matrix(g, encoder, "W_e")), Threshold(g, encoder));      // Z = h_θ(xW_eᵀ)

    private static OnnxValue Tanh(OnnxGraph g, OnnxValue x, TanhEncoder encoder)
    {
        OnnxValue u = Row(g, encoder, "u"), gain = Row(g, encoder, "gain");
        OnnxValue b = g.MultiplyTransposed(x, Matrix(g, encoder, "W"));                 // B = xWᵀ
        return g.Scale(gain, g.Tanh(g.Add(b, u)));                                      // Z = g ⊙ tanh(B + u)
    }

    private static OnnxValue DoubleTanh(OnnxGraph g, OnnxValue x, DoubleTanhEncoder encoder)
    {
        OnnxValue u = Row(g, encoder, "u"), gain = Row(g, encoder, "gain");
        OnnxValue b = g.MultiplyTransposed(x, Matrix(g, encoder, "W"));                 // B = xWᵀ
        OnnxValue plus = g.Tanh(g.Add(b, u)), minus = g.Tanh(g.Subtract(b, u));
        return g.Scale(gain, g.Add(plus, minus));                                       // Z = g ⊙ (tanh(B + u) + tanh(B − u))
    }

    private static OnnxValue Lista(OnnxGraph g, OnnxValue x, ListaEncoder encoder)
    {
        OnnxValue st = Matrix(g, encoder, "S_transposed");
        OnnxThreshold theta = Threshold(g, encoder);
        OnnxValue b = g.MultiplyTransposed(x, Matrix(g, encoder, "W_e"));               // B = xW_eᵀ
        OnnxValue z = g.SoftThreshold(b, theta);                                        // Z(0) = h_θ(B)
        for (int t = 1; t <= encoder.Depth; t++)
            z = g.SoftThreshold(g.Multiply(z, st, b), theta);                           // Z(t) = h_θ(B + Z(t−1)Sᵀ)
        return z;
    }

    private static OnnxValue LayeredLista(OnnxGraph g, OnnxValue x, LayeredListaEncoder encoder)
    {
        OnnxValue st = Matrix(g, encoder, "S_transposed");
        OnnxThreshold[] theta = Thresholds(g, encoder);
        OnnxValue[] gain = Rows(g, encoder, "gain");
        OnnxValue b = g.MultiplyTransposed(x, Matrix(g, encoder, "W_e"));               // B = xW_eᵀ
        OnnxValue z = g.SoftThreshold(g.Scale(gain[0], b), theta[0]);                   // Z(0) = h_θ₀(g₀ ⊙ B)
        for (int t = 1; t <= encoder.Depth; t++)
            z = g.SoftThreshold(g.Multiply(z, st, g.Scale(gain[t], b)), theta[t]);      // Z(t) = h_θt(g_t ⊙ B + Z(t−1)Sᵀ)
        return z;
    }

    private static OnnxValue CoupledLista(OnnxGraph g, OnnxValue x, CoupledListaEncoder encoder)
        => CoupledLayers(g, x, Matrix(g, encoder, "A"), Matrix(g, encoder, "D"), Thresholds(g, encoder), encoder.Kept);

    private static OnnxValue StepLista(OnnxGraph g, OnnxValue x, StepListaEncoder encoder)
    {
        OnnxValue d = g.Constant("D", encoder.Dictionary!.Atoms);
        OnnxValue? z = null;
        for (int t = 0; t <= encoder.Depth; t++)
        {
            (float gamma, float share) = (encoder.Gamma(t), encoder.Share(t));
            OnnxThreshold theta = Threshold(g, encoder, $"theta_{t}", encoder.Theta(t));
            OnnxValue r = z is null ? x : g.Multiply(z, d, x, alpha: -1);               // R(t) = x − Z(t−1)D
            OnnxValue c = g.MultiplyTransposed(r, d, z, alpha: gamma);                  // C(t) = Z(t−1) + γ_tR(t)Dᵀ
            z = g.SoftThreshold(c, theta);                                              // Z(t) = h_{γ_tλw}(C(t))/(1 + γ_tμ)
            if (share != 1)
                z = g.Scale(z, g.Constant($"share_{t}", [share]));
        }
        return z!;
    }

    private static OnnxValue Lcod(OnnxGraph g, OnnxValue x, LcodEncoder encoder)
    {
        OnnxValue st = Matrix(g, encoder, "S_transposed");
        OnnxThreshold theta = Threshold(g, encoder);
        OnnxValue columns = g.Integers("columns", [.. Enumerable.Range(0, encoder.CodeSize)]), one = g.Integers("one", 1);
        OnnxValue b = g.MultiplyTransposed(x, Matrix(g, encoder, "W_e"));               // B = xW_eᵀ
        OnnxValue z = g.Constant("zero", [0]);                                          // Z = 0
        for (int t = 0; t < encoder.Depth; t++)
        {
            OnnxValue next = g.SoftThreshold(b, theta), change = g.Subtract(next, z);   // Z̄ = h_θ(B)
            OnnxValue k = g.ArgMax(g.Abs(change)), column = g.Column(k, one);           // k = argmax |Z̄ − Z|
            OnnxValue e = g.Elements(change, column);                                   // e = Z̄_k − Z_k
            b = g.Add(b, g.Scale(e, g.Rows(st, k)));                                    // B += e·S_{:,k}
            z = g.Where(g.Equal(columns, column), next, z);                             // Z_k = Z̄_k
        }
        return g.SoftThreshold(b, theta);                                               // return h_θ(B)
    }

    private static OnnxValue Matrix(OnnxGraph g, TrainableEncoder encoder, string name) => g.Constant(name, encoder.Parameters.View(name));

    private static OnnxValue Row(OnnxGraph g, TrainableEncoder encoder, string name)
        => g.Constant(name, encoder.Parameters.View(name).Row(0));

    /// <summary>The rows of a window, one for every layer.</summary>
    private static OnnxValue[] Rows(OnnxGraph g, TrainableEncoder encoder, string name)
        => [.. Enumerable.Range(0, encoder.Depth + 1).Select(t => g.Constant($"{name}_{t}", encoder.Parameters.View(name).Row(t)))];

    private static OnnxThreshold Threshold(OnnxGraph g, TrainableEncoder encoder)
        => Threshold(g, encoder, "theta", encoder.Parameters.View("theta").Row(0));

    private static OnnxThreshold[] Thresholds(OnnxGraph g, TrainableEncoder encoder)
        => [.. Rows(g, encoder, "theta").Select(theta => g.Threshold(theta, encoder.Penalty.NonNegative))];

    private static OnnxThreshold Threshold(OnnxGraph g, TrainableEncoder encoder, string name, ReadOnlySpan<float> theta)
        => g.Threshold(g.Constant(name, theta), encoder.Penalty.NonNegative);
}
