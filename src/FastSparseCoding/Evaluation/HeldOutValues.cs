namespace FastSparseCoding.Evaluation;

/// <summary>
/// Some values of every signal, drawn at random and kept out of its code: how well the code, found from the others, predicts them tells
/// codes that are too poor, with too large a λ, from codes that follow the noise, with too small a one. Immutable and safe to share between
/// threads.
/// </summary>
public sealed class HeldOutValues
{
    private readonly Matrix _x;

    /// <summary>Draws the values.</summary>
    /// <param name="x">Signals [N×n], finite, of 2 values or more.</param>
    /// <param name="fraction">Share of each signal's values to hold out, above 0 and below 1; at least one value, and not all.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <exception cref="ArgumentException">The fraction is out of its range, the signals are too short, or a value is not
    /// finite.</exception>
    public HeldOutValues(Matrix x, double fraction, int seed)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!(fraction > 0 && fraction < 1))
            Throw.OutOfRange(nameof(fraction), fraction, "above 0 and below 1");
        Throw.IfBelow(x.Columns, 2, "x.Columns");
        Throw.IfNotFinite(x, nameof(x));
        _x = x;
        Mask = Draw(x.Rows, x.Columns, Math.Clamp((int)Math.Round(fraction * x.Columns), 1, x.Columns - 1), seed);
    }

    /// <summary>Mask [N×n]: 0 where a value is held out, 1 where it is known to the code.</summary>
    public Matrix Mask { get; }

    /// <summary>The error of codes on the values held out.</summary>
    /// <param name="z">Codes [N×m], found from the values that are not held out.</param>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <returns>Σ(x − zD)² over Σx², both over the values held out; 0 where these are all zero.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public double RelativeSquaredError(Matrix z, AtomDictionary dictionary)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(dictionary);
        Throw.IfShapeNot(z.Rows, z.Columns, _x.Rows, dictionary.AtomCount, nameof(z));
        Matrix reconstruction = dictionary.Reconstruct(z);
        double errors = 0, squares = 0;
        for (int i = 0; i < _x.Values.Length; i++)
        {
            if (Mask.Values[i] != 0)
                continue;
            double value = _x.Values[i], error = value - reconstruction.Values[i];
            errors += error * error;
            squares += value * value;
        }
        return squares > 0 ? errors / squares : 0;
    }

    private static Matrix Draw(int rows, int columns, int heldOut, int seed)
    {
        var mask = new Matrix(rows, columns);
        mask.Values.Fill(1);
        ulong key = CounterRandom.Mix((ulong)seed);
        for (int i = 0; i < rows; i++)
        {
            Span<float> row = mask.Row(i);
            ulong own = CounterRandom.Mix(key + (ulong)i);
            // Floyd's draw without replacement: of the first j + 1 places one, or the last of them where that is taken.
            for (int j = columns - heldOut; j < columns; j++)
            {
                int at = CounterRandom.Below(CounterRandom.Mix(own + (ulong)j), j + 1);
                row[row[at] == 0 ? j : at] = 0;
            }
        }
        return mask;
    }
}
