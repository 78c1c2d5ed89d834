using System.Numerics.Tensors;

namespace FastSparseCoding.Training;

/// <summary>
/// Adds the gradients of a batch's leaves, runs of rows of one length, in pairs, pairs of pairs and so on: a sum whose order depends on the
/// batch alone, and of which ranks can each add up their branch. As many sums are kept as the tree has levels.
/// </summary>
internal sealed class GradientTree
{
    private readonly IReadOnlyList<TrainedSlab> _trained;
    private readonly ThreadTeam _team;
    private readonly float[][][] _kept;     // of every level the sum of its left branch, slab by slab
    private readonly Action<int> _keep, _add;
    private uint _added;                    // leaves so far: its bits tell the levels that hold a sum
    private int _level;                     // being kept or added

    /// <summary>An empty sum.</summary>
    /// <param name="trained">What has gradients.</param>
    /// <param name="leaves">Most leaves of a sum.</param>
    /// <param name="team">Adds by parts of the parameters.</param>
    public GradientTree(IReadOnlyList<TrainedSlab> trained, int leaves, ThreadTeam team)
    {
        (_trained, _team) = (trained, team);
        _kept = new float[Levels(leaves)][][];
        for (int level = 0; level < _kept.Length; level++)
            _kept[level] = [.. trained.Select(slab => new float[slab.Gradient.Values.Length])];
        _keep = Keep;
        _add = Add;
    }

    /// <summary>Sums that are kept while so many leaves are added, each of the parameters' size.</summary>
    public static int Levels(int leaves) => leaves > 1 ? int.Log2(leaves - 1) + 1 : 0;

    /// <summary>Takes the next leaf's gradient out of the slabs; the last one leaves the sum of all there.</summary>
    public void Take(bool last)
    {
        for (_level = 0; _added >> _level != 0; _level++)
        {
            if ((_added >> _level & 1) != 0)
                _team.Run(_team.Threads, _add);
            else if (!last)
                break;
        }
        if (last)
        {
            _added = 0;
            return;
        }
        _team.Run(_team.Threads, _keep);
        _added++;
    }

    /// <summary>Forgets a sum that was given up.</summary>
    public void Clear() => _added = 0;

    private void Keep(int part)
    {
        for (int i = 0; i < _trained.Count; i++)
        {
            (int first, int count) = new Part(part, _team.Threads).Of(_kept[_level][i].Length);
            _trained[i].Gradient.Values.Slice(first, count).CopyTo(_kept[_level][i].AsSpan(first));
        }
    }

    private void Add(int part)
    {
        for (int i = 0; i < _trained.Count; i++)
        {
            (int first, int count) = new Part(part, _team.Threads).Of(_kept[_level][i].Length);
            Span<float> right = _trained[i].Gradient.Values.Slice(first, count);
            TensorPrimitives.Add(_kept[_level][i].AsSpan(first, count), right, right);
        }
    }
}
