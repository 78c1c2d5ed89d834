namespace FastSparseCoding.Learning;

/// <summary>Statistics of blocks 2^Level·Index and those after it, up to 2^Level of them; null where they have no signals.</summary>
internal readonly record struct StatisticsNode(int Level, long Index, DictionaryStatistics? Sum);

/// <summary>
/// Statistics of blocks of signals, added up over one binary tree whatever part of it is here: two siblings are added, the left first, as
/// soon as both are there. What is left of a range of blocks are at most two nodes a level, and the nodes of ranges that follow each other
/// make the same bits as those of all blocks at once. For one thread at a time.
/// </summary>
internal sealed class StatisticsTree
{
    private readonly List<StatisticsNode> _nodes = [];

    /// <summary>The nodes that no sibling is there for, from the first block to the last.</summary>
    public IReadOnlyList<StatisticsNode> Nodes => _nodes;

    /// <summary>Number of the block that comes next; null before the first.</summary>
    public long? Next => _nodes.Count == 0 ? null : (_nodes[^1].Index + 1) << _nodes[^1].Level;

    /// <summary>Appends the statistics of the next block, or of several that are a node.</summary>
    public void Append(StatisticsNode node)
    {
        Throw.IfOutside(node.Level, 0, 62, "node.Level");
        Throw.IfOutside(node.Index, 0, long.MaxValue >> node.Level, "node.Index");
        if (Next is { } next && node.Index << node.Level != next)
            Throw.OutOfRange("node", $"of the blocks from {node.Index << node.Level} on", $"of those from {next} on");
        _nodes.Add(node);
        while (_nodes.Count > 1 && _nodes[^1].Index % 2 == 1 && _nodes[^2].Level == _nodes[^1].Level)
            Join();
    }

    /// <summary>The sum over all blocks, from number 0 on; nothing may be appended after it. Null where there are no signals.</summary>
    public DictionaryStatistics? Root()
    {
        while (_nodes.Count > 1)
        {
            if (_nodes[^1].Index % 2 == 1 && _nodes[^2].Level == _nodes[^1].Level)
                Join();
            else
                _nodes[^1] = _nodes[^1] with { Level = _nodes[^1].Level + 1, Index = _nodes[^1].Index / 2 };    // without a right sibling
        }
        return _nodes.Count == 0 ? null : _nodes[0].Sum;
    }

    private void Join()
    {
        (StatisticsNode left, StatisticsNode right) = (_nodes[^2], _nodes[^1]);
        if (right.Sum is not null)
            left.Sum?.Add(right.Sum);
        _nodes.RemoveAt(_nodes.Count - 1);
        _nodes[^1] = new StatisticsNode(left.Level + 1, left.Index / 2, left.Sum ?? right.Sum);
    }
}
