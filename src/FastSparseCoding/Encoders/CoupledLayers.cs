using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// The layers of a coupled LISTA on a block of signals, forward and backward, with thresholds θ_t given from outside: Z(0) = h_{θ_0}(xAᵀ),
/// R(t) = x − Z(t−1)D, Z(t) = h_{θ_t}(Z(t−1) + R(t)Aᵀ). Codes are listed, not stored: of a layer only their non-zeros are kept, and every
/// product but the two that decide which those are reads only them. A linear decoder W makes signals of the last: x̂ = Z(T)W.
/// </summary>
internal sealed class CoupledLayers
{
    private readonly PackedMatrix _at;          // Aᵀ [n×m]
    private readonly AlignedRows _minusA;       // −A [m×n]
    private readonly AlignedRows _d;            // D [m×n]
    private readonly AlignedRows _minusD;       // −D [m×n]
    private readonly AlignedRows _w;            // W [m×n]

    public CoupledLayers(int signalSize, int codeSize, int depth)
    {
        (SignalSize, CodeSize, Depth) = (signalSize, codeSize, depth);
        _at = new PackedMatrix(signalSize, codeSize);
        _minusA = new AlignedRows(codeSize, signalSize);
        _d = new AlignedRows(codeSize, signalSize);
        _minusD = new AlignedRows(codeSize, signalSize);
        _w = new AlignedRows(codeSize, signalSize);
    }

    public int SignalSize { get; }

    public int CodeSize { get; }

    public int Depth { get; }

    /// <summary>Takes some rows of A, D and W [m×n] into use. Threads may take different rows at once.</summary>
    public void PackRows(ReadOnlyMatrixView a, ReadOnlyMatrixView d, ReadOnlyMatrixView w, int first, int count)
    {
        _at.PackTransposedRows(a, first, count);
        _minusA.CopyRows(a, first, count, negated: true);
        _d.CopyRows(d, first, count);
        _minusD.CopyRows(d, first, count, negated: true);
        _w.CopyRows(w, first, count);
    }

    /// <summary>Codes of some signals, and what they decode to.</summary>
    /// <param name="x">Signals [N×n], N at most the tape's rows.</param>
    /// <param name="theta">Thresholds [(T+1)×m], 0 or more.</param>
    /// <param name="tape">Receives the layers.</param>
    /// <param name="y">Receives the decoded signals x̂ [N×n].</param>
    public void Forward(ReadOnlyMatrixView x, ReadOnlyMatrixView theta, CoupledTape tape, MatrixView y)
    {
        MatrixView z = tape.Dense(x.Rows);
        Gemm.Multiply(x, _at, z);                                                   // C(0) = xAᵀ
        Shrinkage.SoftThreshold(z, theta.Row(0), z);                                // Z(0) = h_θ₀(C(0))
        tape.Codes(0).Take(z);
        for (int t = 1; t <= Depth; t++)
        {
            MatrixView r = tape.Residual(t, x.Rows);
            tape.Codes(t - 1).MultiplyAdd(_minusD, x, r);                           // R(t) = x − Z(t−1)D
            Gemm.MultiplyAddShrink(r, _at, z, theta.Row(t), z);                     // Z(t) = h_θt(Z(t−1) + R(t)Aᵀ)
            tape.Codes(t).Take(z);
        }
        tape.Codes(Depth).Multiply(_w, y);                                          // x̂ = Z(T)W
    }

    /// <summary>From the derivatives by the decoded signals to those by what every layer shrinks.</summary>
    /// <param name="dy">dx̂ [N×n].</param>
    /// <param name="tape">What <see cref="Forward"/> left.</param>
    public void Backward(ReadOnlyMatrixView dy, CoupledTape tape)
    {
        tape.Codes(Depth).Differentiate(dy, _w);                                    // dC(T) = h'(C(T)) ⊙ dx̂Wᵀ
        for (int t = Depth; t >= 1; t--)
        {
            MatrixView minusDr = tape.MinusDr(t, dy.Rows);
            tape.Codes(t).MultiplyDerivatives(_minusA, minusDr);                    // dR(t) = dC(t) A
            tape.Codes(t - 1).Differentiate(minusDr, _d, tape.Codes(t));            // dC(t−1) = h'(C(t−1)) ⊙ (dC(t) − dR(t) Dᵀ)
        }
    }

    /// <summary>Adds what the block's rows give to the gradients.</summary>
    /// <param name="x">The signals.</param>
    /// <param name="dy">dx̂ [N×n].</param>
    /// <param name="tape">What <see cref="Backward"/> left.</param>
    /// <param name="dA">Gradient of A [m×n].</param>
    /// <param name="dD">Gradient of D [m×n].</param>
    /// <param name="dW">Gradient of W [m×n].</param>
    /// <param name="dTheta">Gradient of the thresholds [(T+1)×m].</param>
    public void AddGradient(
        ReadOnlyMatrixView x, ReadOnlyMatrixView dy, CoupledTape tape, MatrixView dA, MatrixView dD, MatrixView dW, MatrixView dTheta)
    {
        for (int t = 0; t <= Depth; t++)
        {
            ListedCodes codes = tape.Codes(t);
            codes.Turn();
            codes.AddThresholds(dTheta.Row(t));                                     // dθ_t −= Σ sign(C(t)) ⊙ dC(t)
            codes.AddDerivativesTransposed(t == 0 ? x : tape.Residual(t, x.Rows), dA);          // dA += dC(t)ᵀ R(t), R(0) = x
            if (t < Depth)
                codes.AddTransposed(tape.MinusDr(t + 1, x.Rows), dD);               // dD −= Z(t)ᵀ dR(t+1)
            else
                codes.AddTransposed(dy, dW);                                        // dW += Z(T)ᵀ dx̂
        }
    }
}

/// <summary>What a pass of a <see cref="CoupledLayers"/> over one block of signals leaves: the listed codes of its layers, R(1..T), and
/// −dR(1..T) from the way back.</summary>
internal sealed class CoupledTape
{
    private readonly ListedCodes[] _codes;
    private readonly Matrix[] _r, _minusDr;
    private readonly Matrix _dense;

    /// <summary>Allocates for one block.</summary>
    /// <param name="layers">The layers it is for.</param>
    /// <param name="maxRows">Most signals in a block.</param>
    /// <param name="dense">Room for the codes of a block [maxRows×m], which the tapes of a thread may share.</param>
    /// <param name="keep">Whether all layers are kept, for the way back; otherwise only the last.</param>
    public CoupledTape(CoupledLayers layers, int maxRows, Matrix dense, bool keep)
    {
        _dense = dense;
        _codes = [.. Enumerable.Range(0, keep ? layers.Depth + 1 : 1).Select(_ => new ListedCodes(maxRows, layers.CodeSize))];
        _r = [.. Enumerable.Range(0, keep ? layers.Depth : Math.Min(1, layers.Depth)).Select(_ => new Matrix(maxRows, layers.SignalSize))];
        _minusDr = [.. Enumerable.Range(0, keep ? layers.Depth : 0).Select(_ => new Matrix(maxRows, layers.SignalSize))];
    }

    /// <summary>The codes of layer t.</summary>
    public ListedCodes Codes(int t) => _codes[t % _codes.Length];

    /// <summary>R(t) [N×n].</summary>
    public MatrixView Residual(int t, int rows) => _r[(t - 1) % _r.Length].RowRange(0, rows);

    /// <summary>−dR(t) [N×n].</summary>
    public MatrixView MinusDr(int t, int rows) => _minusDr[t - 1].RowRange(0, rows);

    /// <summary>The room for a block's codes [N×m].</summary>
    public MatrixView Dense(int rows) => _dense.RowRange(0, rows);
}
