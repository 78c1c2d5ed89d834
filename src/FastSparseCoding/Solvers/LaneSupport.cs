using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The support of a code in one lane of <see cref="LaneSystems"/>: atoms with signs in slots. It sets up the system G_SS z_S = b_S − tλs,
/// of which it writes only what has changed since the last time, and reads the solution.
/// </summary>
internal sealed class LaneSupport
{
    private readonly LaneSystems _systems;
    private readonly int _lane;
    private readonly AtomCorrelations _correlations;
    private readonly float[] _thresholds;       // θ = λw [m]
    private readonly int[] _atoms;
    private readonly float[] _signs;
    private readonly float[] _values;           // z_S
    private readonly bool[] _changed;           // slots whose products the system does not have
    // what the correlation of every atom may be [m]; infinite on the support, where it is tθ by construction
    private readonly float[] _bounds;
    private int _set;                           // slots beyond which the system is the identity

    public LaneSupport(LaneSystems systems, int lane, AtomCorrelations correlations, float[] thresholds)
    {
        _systems = systems;
        _lane = lane;
        _correlations = correlations;
        _thresholds = thresholds;
        _atoms = new int[systems.Capacity];
        _signs = new float[systems.Capacity];
        _values = new float[systems.Capacity];
        _changed = new bool[systems.Capacity];
        _bounds = new float[thresholds.Length];
    }

    /// <summary>Number of atoms.</summary>
    public int Count { get; private set; }

    /// <summary>The atoms, slot by slot.</summary>
    public ReadOnlySpan<int> Atoms => _atoms.AsSpan(0, Count);

    /// <summary>Their signs.</summary>
    public ReadOnlySpan<float> Signs => _signs.AsSpan(0, Count);

    /// <summary>The last solution; 0 for atoms that entered since.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, Count);

    /// <summary>What the correlation of every atom may be [m].</summary>
    public ReadOnlySpan<float> Bounds => _bounds;

    /// <summary>Lets all atoms leave and takes a multiple t of λ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Restart(float t)
    {
        Count = 0;
        SetLevel(t);
    }

    /// <summary>Goes over to another multiple t of λ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetLevel(float t)
    {
        TensorPrimitives.Multiply(_thresholds, t, _bounds);
        foreach (int atom in Atoms)
            _bounds[atom] = float.PositiveInfinity;
    }

    /// <summary>Lets an atom in, with value 0; false when there is no room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryEnter(int atom, float sign)
    {
        if (Count == _atoms.Length)
            return false;
        _atoms[Count] = atom;
        _signs[Count] = sign;
        _values[Count] = 0;
        _changed[Count] = true;
        _bounds[atom] = float.PositiveInfinity;
        Count++;
        return true;
    }

    /// <summary>Lets the atom in a slot leave; the last one takes its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Leave(int slot, float t)
    {
        int atom = _atoms[slot];
        _bounds[atom] = _thresholds[atom] * t;
        Count--;
        if (slot == Count)
            return;
        _atoms[slot] = _atoms[Count];
        _signs[slot] = _signs[Count];
        _values[slot] = _values[Count];
        _changed[slot] = true;
    }

    /// <summary>Sets up the system: A = G_SS, and b_S − tθs on the right.</summary>
    /// <param name="b">xDᵀ [m].</param>
    /// <param name="t">The multiple of λ.</param>
    /// <param name="padded">Size to which all systems are padded.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetSystem(ReadOnlySpan<float> b, float t, int padded)
    {
        ReadOnlySpan<int> atoms = Atoms;
        int lastUnchanged = _changed.AsSpan(0, atoms.Length).LastIndexOf(false);
        for (int slot = 0; slot < atoms.Length; slot++)
            if (_changed[slot])
                SetProducts(slot, atoms, below: slot < lastUnchanged);
        _changed.AsSpan(0, atoms.Length).Clear();
        for (int i = atoms.Length; i < _set; i++)
            _systems.SetIdentity(_lane, i);
        _set = atoms.Length;
        _systems.SetRight(_lane, b, t, _thresholds, atoms, Signs, padded);
    }

    /// <summary>Reads the solution; false when it is not finite, as where signals are too large for float32.</summary>
    public bool TryReadSolution()
    {
        (WrongSigns, Magnitudes) = _systems.GetSolution(_lane, Signs, _values.AsSpan(0, Count));
        return float.IsFinite(Magnitudes);
    }

    /// <summary>Whether the value in a slot has its sign.</summary>
    public bool HasItsSign(int slot) => _values[slot] * _signs[slot] > 0;

    /// <summary>Number of values that do not have their sign.</summary>
    public int WrongSigns { get; private set; }

    /// <summary>‖z‖₁ of the last solution.</summary>
    public float Magnitudes { get; private set; }

    /// <summary>tθ of an atom.</summary>
    public float Threshold(int atom, float t) => _thresholds[atom] * t;

    /// <summary>Sets the products of a slot's atom with those before it and, where later rows stay as they are, with those behind
    /// it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetProducts(int slot, ReadOnlySpan<int> atoms, bool below)
    {
        ReadOnlySpan<float> s = _correlations.RowOfS(_lane, atoms[slot], below ? atoms : atoms[..slot]);
        _systems.SetRow(_lane, slot, s, atoms);
        if (below)
            _systems.SetColumn(_lane, slot, s, atoms, _changed);
    }
}
