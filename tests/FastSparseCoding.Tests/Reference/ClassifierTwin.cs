namespace FastSparseCoding.Tests.Reference;

/// <summary>A linear softmax classifier in double precision, code by code and loop by loop. Parameters: W [C×m], then b [C].</summary>
internal sealed class ClassifierTwin(int codeSize, int classes)
{
    /// <summary>y = Wz + b of one code.</summary>
    public double[] Logits(double[] p, double[] z)
    {
        var y = new double[classes];
        for (int c = 0; c < classes; c++)
        {
            y[c] = p[classes * codeSize + c];
            for (int j = 0; j < codeSize; j++)
                y[c] += p[c * codeSize + j] * z[j];
        }
        return y;
    }

    /// <summary>−Σ ln p of the labels.</summary>
    public double Loss(double[] p, double[][] z, byte[] labels)
        => z.Zip(labels, (row, label) => -Math.Log(Softmax(Logits(p, row))[label])).Sum();

    /// <summary>Gradient of the loss by the parameters and by the codes.</summary>
    public (double[] Parameters, double[][] Z) Gradient(double[] p, double[][] z, byte[] labels)
    {
        double[] dp = new double[p.Length];
        var dz = new double[z.Length][];
        for (int i = 0; i < z.Length; i++)
        {
            double[] dy = Softmax(Logits(p, z[i]));
            dy[labels[i]] -= 1;
            dz[i] = new double[codeSize];
            for (int c = 0; c < classes; c++)
            {
                dp[classes * codeSize + c] += dy[c];
                for (int j = 0; j < codeSize; j++)
                {
                    dp[c * codeSize + j] += dy[c] * z[i][j];
                    dz[i][j] += dy[c] * p[c * codeSize + j];
                }
            }
        }
        return (dp, dz);
    }

    /// <summary>−Σ ln p of the labels of signals, through an encoder.</summary>
    public double Loss(EncoderTwin encoder, double[] encoderParameters, double[] p, double[][] x, byte[] labels)
        => Loss(p, [.. x.Select(row => encoder.Forward(encoderParameters, row))], labels);

    /// <summary>Gradient of that by the encoder's parameters, the classifier's, and the signals.</summary>
    public (double[] Encoder, double[] Classifier, double[][] X) Gradient(
        EncoderTwin encoder, double[] encoderParameters, double[] p, double[][] x, byte[] labels)
    {
        (double[] dp, double[][] dz) = Gradient(p, [.. x.Select(row => encoder.Forward(encoderParameters, row))], labels);
        double[] dEncoder = new double[encoderParameters.Length];
        double[][] dx = [.. x.Select((row, i) => encoder.Backward(encoderParameters, row, dz[i], dEncoder))];
        return (dEncoder, dp, dx);
    }

    private static double[] Softmax(double[] y)
    {
        double[] e = [.. y.Select(v => Math.Exp(v - y.Max()))];
        double sum = e.Sum();
        return [.. e.Select(v => v / sum)];
    }
}
