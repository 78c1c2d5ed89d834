using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FastSparseCoding.Encoders;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Training;

/// <summary>
/// A linear softmax classifier on codes: y = zWᵀ + b, p = softmax(y), loss −ln p of the label. Its backward pass gives dz, so that it
/// stands on an encoder's <see cref="EncoderPass"/> as the last layer of a system that is trained end to end (Gregor and LeCun 2010,
/// section 1).
/// </summary>
/// <remarks>Windows: weights W [C×m], bias b [1×C]. Nothing is derived from the parameters; safe to share between threads while they do not
/// change.</remarks>
public sealed class LinearClassifier
{
    /// <summary>Most classes: a label is a byte.</summary>
    public const int MaxClasses = 256;

    private readonly ParameterWindow _weights, _bias;

    /// <summary>A classifier whose parameters are all zero: every class is as likely as any other. The loss is convex, so training starts
    /// from there.</summary>
    /// <param name="codeSize">Values in a code m, 1 or more.</param>
    /// <param name="classCount">Number of classes C, from 2 to <see cref="MaxClasses"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public LinearClassifier(int codeSize, int classCount)
    {
        Throw.IfBelow(codeSize, 1);
        Throw.IfOutside(classCount, 2, MaxClasses);
        CodeSize = codeSize;
        ClassCount = classCount;
        Parameters = new ParameterSlab(Layout(codeSize, classCount));
        (_weights, _bias) = (Parameters.Windows[0], Parameters.Windows[1]);
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int codeSize, int classCount)
        => ParameterSlab.Layout(("weights", classCount, codeSize), ("bias", 1, classCount));

    /// <summary>The window of W.</summary>
    internal ParameterWindow Weights => _weights;

    /// <summary>Values in a code m.</summary>
    public int CodeSize { get; }

    /// <summary>Number of classes C; labels go from 0 to C − 1.</summary>
    public int ClassCount { get; }

    /// <summary>The parameters.</summary>
    public ParameterSlab Parameters { get; }

    /// <summary>The logits of a batch of codes.</summary>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="logits">Receives y = zWᵀ + b [N×C].</param>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public void Forward(ReadOnlyMatrixView z, MatrixView logits)
    {
        Throw.IfColumnsNot(z.Columns, CodeSize, nameof(z));
        Throw.IfShapeNot(logits.Rows, logits.Columns, z.Rows, ClassCount, nameof(logits));
        ReadOnlySpan<float> bias = Parameters.View(_bias).Values;
        for (int i = 0; i < z.Rows; i++)
            bias.CopyTo(logits.Row(i));
        Gemm.MultiplyTransposedB(z, Parameters.View(_weights), logits, accumulate: true);   // y = b + zWᵀ
    }

    /// <summary>The softmax cross-entropy of logits and labels, and its gradient dy = p − 1_label.</summary>
    /// <param name="logits">Logits y [N×C].</param>
    /// <param name="labels">Labels [N], each below C.</param>
    /// <param name="dLogits">Receives the gradient of the sum [N×C]; may be <paramref name="logits"/>.</param>
    /// <returns>−Σ ln p of the labels, summed over the rows.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a label has no column.</exception>
    public static double Loss(ReadOnlyMatrixView logits, ReadOnlySpan<byte> labels, MatrixView dLogits)
    {
        Throw.IfLengthNot(labels.Length, logits.Rows, nameof(labels));
        Throw.IfShapeNot(dLogits.Rows, dLogits.Columns, logits.Rows, logits.Columns, nameof(dLogits));
        CheckLabels(labels, logits.Columns);
        double loss = 0;
        for (int i = 0; i < logits.Rows; i++)
        {
            ReadOnlySpan<float> y = logits.Row(i);
            Span<float> p = dLogits.Row(i);
            float own = y[labels[i]];
            (float largest, float sum) = Softmax(y, p);             // p = softmax(y)
            loss += Math.Log(sum) - (own - largest);                // −ln p_label = ln Σ exp(y − max) − (y_label − max)
            p[labels[i]] -= 1;                                      // dy = p − 1_label
        }
        return loss;
    }

    /// <summary>Back-propagates the loss gradient of the logits.</summary>
    /// <param name="z">The codes given to <see cref="Forward"/> [N×m].</param>
    /// <param name="dLogits">Loss gradient of the logits [N×C].</param>
    /// <param name="gradient">The parameters' gradient is added to it.</param>
    /// <param name="dz">Receives the codes' gradient [N×m], what <see cref="EncoderPass.Backward"/> takes; leave it out when it is not
    /// wanted.</param>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public void Backward(ReadOnlyMatrixView z, ReadOnlyMatrixView dLogits, ParameterSlab gradient, [Optional] MatrixView dz)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        Throw.IfColumnsNot(z.Columns, CodeSize, nameof(z));
        Throw.IfShapeNot(dLogits.Rows, dLogits.Columns, z.Rows, ClassCount, nameof(dLogits));
        Throw.IfLengthNot(gradient.Values.Length, Parameters.Values.Length, nameof(gradient));
        AddGradient(z, dLogits, gradient, Part.Whole);
        if (!dz.Values.IsEmpty)
            BackwardCodes(dLogits, dz);
    }

    /// <summary>The codes' gradient.</summary>
    // dz = dy W
    internal void BackwardCodes(ReadOnlyMatrixView dLogits, MatrixView dz) => Gemm.Multiply(dLogits, Parameters.View(_weights), dz);

    /// <summary>Adds a part of the parameters' gradient; all parts together are the whole, with the same bits however many there
    /// are.</summary>
    internal void AddGradient(ReadOnlyMatrixView z, ReadOnlyMatrixView dLogits, ParameterSlab gradient, Part part)
    {
        (int first, int count) = part.Of(ClassCount);
        // dW += dyᵀ z
        SparseProduct.MultiplyTransposed(dLogits, first, z, gradient.View(_weights).RowRange(first, count), accumulate: true);
        Span<float> dBias = gradient.View(_bias).Values.Slice(first, count);
        for (int i = 0; i < dLogits.Rows; i++)
            TensorPrimitives.Add(dBias, dLogits.Row(i).Slice(first, count), dBias);         // db += Σ dy
    }

    /// <summary>The likeliest class of every code; the lower one of equals.</summary>
    /// <param name="z">Codes [N×m].</param>
    /// <returns>Labels [N].</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public byte[] Predict(ReadOnlyMatrixView z)
    {
        var logits = new Matrix(z.Rows, ClassCount);
        Forward(z, logits);
        var labels = new byte[z.Rows];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = Largest(logits.Row(i));
        return labels;
    }

    /// <summary>How likely every class is: p = softmax(zWᵀ + b).</summary>
    /// <param name="z">Codes [N×m].</param>
    /// <returns>Probabilities [N×C], each row of sum 1.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public Matrix Probabilities(ReadOnlyMatrixView z)
    {
        var p = new Matrix(z.Rows, ClassCount);
        Forward(z, p);
        for (int i = 0; i < p.Rows; i++)
            Softmax(p.Row(i), p.Row(i));
        return p;
    }

    /// <summary>p = softmax(y), where p may be y.</summary>
    /// <returns>max y, and Σ exp(y − max y).</returns>
    private static (float Largest, float Sum) Softmax(ReadOnlySpan<float> y, Span<float> p)
    {
        float largest = TensorPrimitives.Max(y);
        TensorPrimitives.Subtract(y, largest, p);
        TensorPrimitives.Exp<float>(p, p);
        float sum = (float)Reduction.SumOfMagnitudes(p);            // in an order that does not depend on the width of vectors
        TensorPrimitives.Multiply(p, 1 / sum, p);
        return (largest, sum);
    }

    /// <summary>The part of codes that is classified wrongly.</summary>
    /// <param name="codes">Codes [N×m], N at least 1.</param>
    /// <param name="labels">Their labels [N], each below C.</param>
    /// <param name="threads">Threads, 1 or more; 0 for one per core.</param>
    /// <returns>Errors divided by N, from 0 to 1.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a label is of no class.</exception>
    public double ErrorRate(Matrix codes, byte[] labels, int threads = 0) => ErrorRate(Samples.Of(codes), encoder: null, labels, threads);

    /// <inheritdoc cref="ErrorRate(Matrix, byte[], int)"/>
    public double ErrorRate(SparseCodes codes, byte[] labels, int threads = 0)
        => ErrorRate(Samples.Of(codes), encoder: null, labels, threads);

    /// <summary>The part of signals that is classified wrongly by their codes.</summary>
    /// <param name="encoder">Gives the codes.</param>
    /// <param name="x">Signals [N×n], N at least 1.</param>
    /// <param name="labels">Their labels [N], each below C.</param>
    /// <param name="threads">Threads, 1 or more; 0 for one per core.</param>
    /// <param name="cancellation">Stops between blocks of signals, and within them where the encoder can.</param>
    /// <returns>Errors divided by N, from 0 to 1.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a label is of no class.</exception>
    public double ErrorRate(ISparseEncoder encoder, Matrix x, byte[] labels, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return ErrorRate(Samples.Of(x), encoder, labels, threads, cancellation);
    }

    /// <summary>The class of the largest logit.</summary>
    internal static byte Largest(ReadOnlySpan<float> logits) => (byte)TensorPrimitives.IndexOfMax(logits);

    /// <summary>Refuses labels that no column of the logits stands for.</summary>
    internal static void CheckLabels(ReadOnlySpan<byte> labels, int classCount)
    {
        int at = labels.IndexOfAnyExceptInRange((byte)0, (byte)(classCount - 1));
        if (at >= 0)
            Throw.Argument(nameof(labels),
                string.Create(CultureInfo.InvariantCulture,
                $"'labels' holds {labels[at]} at {at}; it must be from 0 to {classCount - 1}."));
    }

    private double ErrorRate(Samples samples, ISparseEncoder? encoder, byte[] labels, int threads, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Throw.IfBelow(samples.Rows, 1, "rows");
        Throw.IfLengthNot(labels.Length, samples.Rows, nameof(labels));
        CheckLabels(labels, ClassCount);
        return ClassifierMeasure.Of(this, encoder, samples, labels, 0, samples.Rows, threads, cancellation).ErrorRate;
    }
}
