using System.Numerics;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The support of a code in one lane of <see cref="LaneSystems"/>: atoms with signs in slots. It sets up the system G_SS z_S = b_S − λs, of which it
/// writes only what has changed since the last time, and reads the solution.
/// </summary>
internal sealed unsafe class LaneSupport
{
    private readonly LaneSystems _systems;      // keeps the memory below reachable
    private readonly float* _matrix;            // A, rows of the lower triangle
    private readonly float* _vector;            // b_S − λs, then z_S
    private readonly int _lanes = LaneSystems.Lanes;    // floats from one element of either to the next
    private readonly float _bound;      // λ and a little: a correlation below it is no violation
    private readonly int[] _atoms;
    private readonly float[] _signs;
    private readonly float[] _bounds;   // what the correlation of every atom may be; infinite for the support, where it is λ by construction
    private int _count;
    private ulong _changed;             // slots whose products A does not have
    private int _set;                   // slots beyond which A is the identity

    /// <summary>An empty support.</summary>
    /// <param name="systems">The systems.</param>
    /// <param name="lane">Number of the lane.</param>
    /// <param name="codeSize">Number of atoms m.</param>
    /// <param name="bound">Correlation beyond which an atom outside the support is a violator.</param>
    public LaneSupport(LaneSystems systems, int lane, int codeSize, float bound)
    {
        _systems = systems;
        _matrix = systems.Matrix + lane;
        _vector = systems.Vector + lane;
        _bound = bound;
        _atoms = new int[systems.Capacity];
        _signs = new float[systems.Capacity];
        _bounds = new float[codeSize];
        Array.Fill(_bounds, bound);
    }

    /// <summary>Number of atoms.</summary>
    public int Count => _count;

    private ReadOnlySpan<int> Atoms => _atoms.AsSpan(0, _count);

    /// <summary>Lets all atoms leave.</summary>
    public void Clear()
    {
        foreach (int atom in Atoms)
            _bounds[atom] = _bound;
        _count = 0;
    }

    /// <summary>Lets an atom in, with value 0; false when there is no room.</summary>
    public bool TryEnter(int atom, int sign)
    {
        if (_count == _atoms.Length)
            return false;
        _atoms[_count] = atom;
        _signs[_count] = sign;
        _bounds[atom] = float.PositiveInfinity;
        _vector[_count * _lanes] = 0;
        _changed |= 1UL << _count;
        _count++;
        return true;
    }

    /// <summary>Lets the atoms in some slots leave; the last ones take their places.</summary>
    public void Leave(ulong slots)
    {
        while (slots != 0)
        {
            int slot = BitOperations.Log2(slots);       // the last first: what fills its place stays
            slots ^= 1UL << slot;
            _bounds[_atoms[slot]] = _bound;
            _count--;
            if (slot == _count)
                continue;
            _atoms[slot] = _atoms[_count];
            _signs[slot] = _signs[_count];
            _vector[slot * _lanes] = _vector[_count * _lanes];
            _changed |= 1UL << slot;
        }
    }

    /// <summary>Sets up the system: A = G_SS, of which <paramref name="s"/> holds S = I − G, and b_S − λs on the right.</summary>
    /// <param name="s">S [m×m].</param>
    /// <param name="b">xDᵀ [m].</param>
    /// <param name="lambda">λ.</param>
    /// <param name="padded">Size to which all systems are padded.</param>
    public void SetSystem(AlignedRows s, ReadOnlySpan<float> b, float lambda, int padded)
    {
        fixed (int* atoms = _atoms)
        {
            SetMatrix(s, atoms);
            for (int i = _count; i < _set; i++)
                SetIdentity(i);
            _changed = 0;
            _set = _count;
        }
        SetVector(b, lambda, padded);
    }

    private void SetVector(ReadOnlySpan<float> b, float lambda, int padded)
    {
        ReadOnlySpan<int> atoms = Atoms;
        ReadOnlySpan<float> signs = _signs.AsSpan(0, atoms.Length);
        float* x = _vector;
        int lanes = _lanes, i = 0;
        for (; i < atoms.Length; i++, x += lanes)
            *x = b[atoms[i]] - lambda * signs[i];
        for (; i < padded; i++, x += lanes)
            *x = 0;
    }

    private void SetMatrix(AlignedRows s, int* atoms)
    {
        int lanes = _lanes;
        ulong all = (ulong)((UInt128.One << _count) - 1);
        for (ulong changed = _changed & all; changed != 0; changed &= changed - 1)
        {
            int slot = BitOperations.TrailingZeroCount(changed);
            float* products = s.Data + (nint)atoms[slot] * s.Stride, row = _matrix + LaneSystems.Row(slot), column = _matrix + slot * lanes;
            for (int j = 0; j < slot; j++, row += lanes)
                *row = -products[atoms[j]];
            *row = 1;
            // Below in its column: the rows that do not come later themselves.
            for (ulong others = all & ~_changed & ~((2UL << slot) - 1); others != 0; others &= others - 1)
            {
                int other = BitOperations.TrailingZeroCount(others);
                column[LaneSystems.Row(other)] = -products[atoms[other]];
            }
        }
        GC.KeepAlive(s);
    }

    private void SetIdentity(int i)
    {
        float* a = _matrix + LaneSystems.Row(i);
        int lanes = _lanes;
        for (int j = 0; j < i; j++, a += lanes)
            *a = 0;
        *a = 1;
    }

    /// <summary>Whether the solution is finite, as it is not where signals are too large for float32.</summary>
    public bool IsFinite()
    {
        float* x = _vector;
        float sum = 0;
        for (int i = 0; i < _count; i++, x += _lanes)
            sum += 0 * *x;
        return sum == 0;
    }

    /// <summary>The slots whose value does not have its sign.</summary>
    public ulong WrongSigns()
    {
        ReadOnlySpan<float> signs = _signs.AsSpan(0, _count);
        float* x = _vector;
        int lanes = _lanes;
        ulong wrong = 0;
        for (int i = 0; i < signs.Length; i++, x += lanes)
            wrong |= (*x * signs[i] > 0 ? 0UL : 1UL) << i;
        return wrong;
    }

    /// <summary>Lists the atoms outside the support that violate the optimality conditions at the solution, and by how much, with sign.</summary>
    /// <returns>How many there are.</returns>
    public int ListViolators(AlignedRows s, ReadOnlySpan<float> b, Span<float> excess, Span<int> atoms)
        => CodState.ListViolations(b, s, Atoms, new ReadOnlySpan<float>(_vector, _count == 0 ? 0 : (_count - 1) * _lanes + 1), _lanes, _bounds, excess, atoms);

    /// <summary>Writes the code, but for values that do not have their sign.</summary>
    public void Write(Span<float> z)
    {
        z.Clear();
        ulong wrong = WrongSigns();
        for (int i = 0; i < _count; i++)
            if ((wrong >> i & 1) == 0)
                z[_atoms[i]] = _vector[i * _lanes];
    }
}
