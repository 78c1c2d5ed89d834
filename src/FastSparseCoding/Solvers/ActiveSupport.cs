using System.Diagnostics;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The support of one code: its atoms in slots, their signs and values, and the inverse of their Gram matrix.
/// </summary>
internal sealed unsafe class ActiveSupport
{
    private readonly AtomDictionary _dictionary;
    private readonly SupportInverse _inverse;
    private readonly int[] _atoms;          // atom of every slot; free slots hold the atom they had
    private readonly float[] _values;       // z on the slots
    private readonly float[] _target;       // the minimiser with the signs held
    private readonly float[] _signs;        // −1 or 1; 0 at free slots
    private readonly float[] _right;        // b − λs on the slots
    private readonly float[] _gram;         // products of an entering atom with the slots'
    private int _slots;

    public ActiveSupport(AtomDictionary dictionary)
    {
        _dictionary = dictionary;
        Capacity = Math.Min(dictionary.AtomCount, dictionary.SignalSize);
        _inverse = new SupportInverse(Capacity);
        int padded = SupportInverse.PaddedLength(Capacity);
        _atoms = new int[padded];
        _values = AlignedMemory.Allocate(padded);
        _target = AlignedMemory.Allocate(padded);
        _signs = AlignedMemory.Allocate(padded);
        _right = AlignedMemory.Allocate(padded);
        _gram = AlignedMemory.Allocate(padded);
    }

    /// <summary>Most atoms a support can hold: as many as can be linearly independent.</summary>
    public int Capacity { get; }

    /// <summary>The atom of every slot in use.</summary>
    public ReadOnlySpan<int> Atoms => _atoms.AsSpan(0, _slots);

    /// <summary>The value of every slot in use; 0 at free ones.</summary>
    public ReadOnlySpan<float> Values => Of(_values);

    /// <summary>Takes the support, signs and values of a code; atoms that depend on earlier ones are left out.</summary>
    public void Begin(ReadOnlySpan<float> z)
    {
        _inverse.Clear(_slots);
        _slots = 0;
        for (int k = 0; k < z.Length; k++)
        {
            if (z[k] != 0 && TryEnter(k, z[k] > 0 ? 1 : -1))
                Of(_values)[_slots - 1] = z[k];
        }
    }

    /// <summary>Lets an atom in with value 0; false when the others span it, or when there is no room.</summary>
    public bool TryEnter(int atom, int sign)
    {
        int slot = Of(_signs).IndexOf(0f);
        if (slot < 0)
        {
            if (_slots == Capacity)
                return false;
            slot = _slots++;
        }
        float* gram = AlignedMemory.Start(_gram), signs = AlignedMemory.Start(_signs);
        ReadOnlySpan<float> row = _dictionary.Gram.Row(atom);
        for (int s = 0; s < _slots; s++)
            gram[s] = signs[s] != 0 ? row[_atoms[s]] : 0;
        gram[slot] = 0;
        for (int s = _slots; s < SupportInverse.PaddedLength(_slots); s++)
            gram[s] = 0;
        AlignedMemory.Start(_values)[slot] = 0;
        signs[slot] = 0;
        AlignedMemory.Start(_right)[slot] = 0;
        _atoms[slot] = atom;
        if (!_inverse.TryInsert(slot, gram, _slots))
            return false;
        signs[slot] = sign;
        return true;
    }

    /// <summary>
    /// Moves the code to the minimiser on the support with the signs held: straight there, or atom by atom as signs change on the way. Returns
    /// how many atoms left, at most <paramref name="limit"/>.
    /// </summary>
    public int MinimizeWithSignsHeld(ReadOnlySpan<float> b, float lambda, int limit)
    {
        float* values = AlignedMemory.Start(_values), target = AlignedMemory.Start(_target), signs = AlignedMemory.Start(_signs), right = AlignedMemory.Start(_right);
        for (int s = 0; s < _slots; s++)
            right[s] = signs[s] != 0 ? b[_atoms[s]] - lambda * signs[s] : 0;
        for (int s = _slots; s < SupportInverse.PaddedLength(_slots); s++)
            right[s] = 0;
        for (int left = 0; left < limit; left++)
        {
            _inverse.Multiply(right, target, _slots);           // G_SS z = b_S − λs
            int first = FirstSignChange(values, target, signs, out float step);
            if (first < 0)
            {
                new ReadOnlySpan<float>(target, _slots).CopyTo(new Span<float>(values, _slots));
                return left;
            }
            for (int s = 0; s < _slots; s++)
                values[s] += step * (target[s] - values[s]);
            values[first] = 0;
            signs[first] = 0;
            right[first] = 0;
            _inverse.Remove(first, _slots);
        }
        return limit;
    }

    /// <summary>
    /// One step of iterative refinement, z ← z + M(c_S − λs): takes back what the rounding of M did. Returns the largest
    /// |c_S − λs| there was.
    /// </summary>
    public float Refine(ReadOnlySpan<float> c, float lambda)
    {
        float* values = AlignedMemory.Start(_values), target = AlignedMemory.Start(_target), signs = AlignedMemory.Start(_signs), right = AlignedMemory.Start(_right);
        for (int s = 0; s < _slots; s++)
            right[s] = signs[s] != 0 ? c[_atoms[s]] - lambda * signs[s] : 0;
        _inverse.Multiply(right, target, _slots);
        float largest = 0;
        for (int s = 0; s < _slots; s++)
        {
            values[s] += target[s];
            largest = Math.Max(largest, Math.Abs(right[s]));
        }
        return largest;
    }

    /// <summary>c_S −= z_S.</summary>
    public void SubtractFrom(Span<float> c)
    {
        ReadOnlySpan<float> values = Of(_values);
        for (int s = 0; s < _slots; s++)
            c[_atoms[s]] -= values[s];
    }

    /// <summary>Zeroes the correlations of the support's atoms, which are λ by construction.</summary>
    public void ClearIn(Span<float> c)
    {
        ReadOnlySpan<float> signs = Of(_signs);
        for (int s = 0; s < _slots; s++)
            if (signs[s] != 0)
                c[_atoms[s]] = 0;
    }

    /// <summary>Writes the code.</summary>
    public void Write(Span<float> z)
    {
        z.Clear();
        ReadOnlySpan<float> values = Of(_values);
        for (int s = 0; s < _slots; s++)
            if (values[s] != 0)
                z[_atoms[s]] = values[s];
    }

    /// <summary>The slot whose value reaches zero first on the way to the target, and how far along that is; −1 when none does.</summary>
    private int FirstSignChange(float* values, float* target, float* signs, out float step)
    {
        int first = -1;
        step = 1;
        for (int s = 0; s < _slots; s++)
        {
            if (signs[s] == 0 || target[s] * signs[s] > 0)
                continue;
            float at = values[s] / (values[s] - target[s]);
            if (first < 0 || at < step)
                (first, step) = (s, at >= 0 ? at : 0);
        }
        return first;
    }

    private Span<float> Of(float[] aligned) => new(AlignedMemory.Start(aligned), _slots);
}
