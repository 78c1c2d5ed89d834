using System.Globalization;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Storage;

/// <summary>A value of a graph: an input, a constant, or what a node makes.</summary>
internal sealed class OnnxValue(string name)
{
    public string Name { get; set; } = name;
}

/// <summary>A constant of a graph, its values as little-endian bytes.</summary>
internal sealed record OnnxConstant(OnnxValue Value, OnnxType Type, long[] Shape, byte[] Bytes);

/// <summary>An input or an output; a dimension is a number or a name.</summary>
internal sealed record OnnxPort(OnnxValue Value, OnnxType Type, object[] Shape);

/// <summary>A setting of a node: a number, a whole number, or several.</summary>
internal readonly record struct OnnxAttribute(string Name, float? Number = null, long? Integer = null, long[]? Integers = null);

/// <summary>An operation of a graph.</summary>
internal sealed record OnnxNode(string Operator, OnnxValue[] Inputs, OnnxValue Output, OnnxAttribute[] Attributes);

/// <summary>The limits of a dead zone: v is zero from −θ to θ, or up to θ where codes must not be negative.</summary>
internal readonly record struct OnnxThreshold(OnnxValue Upper, OnnxValue? Lower);

/// <summary>Types of values, by their numbers in the format.</summary>
internal enum OnnxType
{
    Float32 = 1,
    Int64 = 7,
}

/// <summary>A graph of ONNX operations (opset 17) that is put together operation by operation; batches are its rows.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The name of the number of rows.</summary>
    public const string Batch = "N";

    private readonly List<OnnxNode> _nodes = [];

    public List<OnnxPort> Inputs { get; } = [];

    public List<OnnxPort> Outputs { get; } = [];

    public List<OnnxConstant> Constants { get; } = [];

    /// <summary>The operations that an output needs, in their order.</summary>
    public IReadOnlyList<OnnxNode> Nodes
    {
        get
        {
            var needed = new HashSet<OnnxValue>(Outputs.Select(o => o.Value));
            var kept = new List<OnnxNode>();
            foreach (OnnxNode node in Enumerable.Reverse(_nodes).Where(n => needed.Contains(n.Output)))
            {
                kept.Add(node);
                needed.UnionWith(node.Inputs);
            }
            kept.Reverse();
            return kept;
        }
    }

    /// <summary>An input of numbers; a dimension is a number or a name.</summary>
    public OnnxValue Input(string name, params object[] shape)
    {
        var value = new OnnxValue(name);
        Inputs.Add(new OnnxPort(value, OnnxType.Float32, shape));
        return value;
    }

    /// <summary>Makes a value an output of that name.</summary>
    public void Output(string name, OnnxValue value, OnnxType type, params object[] shape)
    {
        value.Name = name;
        Outputs.Add(new OnnxPort(value, type, shape));
    }

    /// <summary>A matrix of finite numbers.</summary>
    public OnnxValue Constant(string name, ReadOnlyMatrixView values) => Constant(name, values, [values.Rows, values.Columns]);

    /// <summary>A row of finite numbers, which stands beside every row of a batch.</summary>
    public OnnxValue Constant(string name, ReadOnlySpan<float> values)
        => Constant(name, ReadOnlyMatrixView.OfRow(values), [values.Length]);

    /// <summary>A row of whole numbers.</summary>
    public OnnxValue Integers(string name, params ReadOnlySpan<long> values)
        => Add(new OnnxConstant(new OnnxValue(name), OnnxType.Int64, [values.Length], MemoryMarshal.AsBytes(values).ToArray()));

    /// <summary>A dead zone of thresholds θ ≥ 0 in a row, or of one row for every row of the batch.</summary>
    public OnnxThreshold Threshold(OnnxValue theta, bool nonNegative) => new(theta, nonNegative ? null : Node("Neg", [theta]));

    /// <summary>h_θ(v) = v − max(min(v, θ), −θ), or v − min(v, θ) where codes must not be negative.</summary>
    public OnnxValue SoftThreshold(OnnxValue v, OnnxThreshold theta)
    {
        OnnxValue inside = Node("Min", [v, theta.Upper]);
        return Subtract(v, theta.Lower is null ? inside : Node("Max", [inside, theta.Lower]));
    }

    /// <summary>αab + βc, or αab without c.</summary>
    public OnnxValue Multiply(OnnxValue a, OnnxValue b, OnnxValue? c = null, float alpha = 1, float beta = 1)
        => Product(a, b, c, alpha, beta, transposed: 0);

    /// <summary>αabᵀ + βc, or αabᵀ without c.</summary>
    public OnnxValue MultiplyTransposed(OnnxValue a, OnnxValue b, OnnxValue? c = null, float alpha = 1, float beta = 1)
        => Product(a, b, c, alpha, beta, transposed: 1);

    public OnnxValue Add(OnnxValue a, OnnxValue b) => Node("Add", [a, b]);

    public OnnxValue Subtract(OnnxValue a, OnnxValue b) => Node("Sub", [a, b]);

    /// <summary>a ⊙ b.</summary>
    public OnnxValue Scale(OnnxValue a, OnnxValue b) => Node("Mul", [a, b]);

    public OnnxValue Tanh(OnnxValue a) => Node("Tanh", [a]);

    public OnnxValue Abs(OnnxValue a) => Node("Abs", [a]);

    public OnnxValue Softmax(OnnxValue a) => Node("Softmax", [a], new OnnxAttribute("axis", Integer: 1));

    /// <summary>The column of every row's largest value [N], the first of equal ones.</summary>
    public OnnxValue ArgMax(OnnxValue a)
        => Node("ArgMax", [a], new OnnxAttribute("axis", Integer: 1), new OnnxAttribute("keepdims", Integer: 0));

    /// <summary>Row k_i of a for every i.</summary>
    public OnnxValue Rows(OnnxValue a, OnnxValue k) => Node("Gather", [a, k], new OnnxAttribute("axis", Integer: 0));

    /// <summary>Of every row i the value in column k_i [N×1]; k [N×1].</summary>
    public OnnxValue Elements(OnnxValue a, OnnxValue k) => Node("GatherElements", [a, k], new OnnxAttribute("axis", Integer: 1));

    public OnnxValue Equal(OnnxValue a, OnnxValue b) => Node("Equal", [a, b]);

    /// <summary>a where the condition holds, b elsewhere.</summary>
    public OnnxValue Where(OnnxValue condition, OnnxValue a, OnnxValue b) => Node("Where", [condition, a, b]);

    /// <summary>A row [N] as a column [N×1]; the axis is the constant 1.</summary>
    public OnnxValue Column(OnnxValue a, OnnxValue axis) => Node("Unsqueeze", [a, axis]);

    /// <summary>The same values in another shape, a constant in which 0 keeps a dimension and −1 is what remains.</summary>
    public OnnxValue Reshape(OnnxValue a, OnnxValue shape) => Node("Reshape", [a, shape]);

    /// <summary>Means along the last axis, which stays with one value.</summary>
    public OnnxValue LastMean(OnnxValue a) => Node("ReduceMean", [a], new OnnxAttribute("axes", Integers: [-1]));

    private OnnxValue Product(OnnxValue a, OnnxValue b, OnnxValue? c, float alpha, float beta, long transposed)
        => Node("Gemm", c is null ? [a, b] : [a, b, c], new OnnxAttribute("alpha", alpha), new OnnxAttribute("beta", beta),
            new OnnxAttribute("transB", Integer: transposed));

    private OnnxValue Node(string name, OnnxValue[] inputs, params OnnxAttribute[] attributes)
    {
        var output = new OnnxValue(string.Create(CultureInfo.InvariantCulture, $"{name}_{_nodes.Count}"));
        _nodes.Add(new OnnxNode(name, inputs, output, attributes));
        return output;
    }

    private OnnxValue Constant(string name, ReadOnlyMatrixView values, long[] shape)
    {
        Throw.IfNotFinite(values, name);
        OnnxModel.RequireSize(4L * values.Values.Length);
        return Add(new OnnxConstant(new OnnxValue(name), OnnxType.Float32, shape, MemoryMarshal.AsBytes(values.Values).ToArray()));
    }

    private OnnxValue Add(OnnxConstant constant)
    {
        Constants.Add(constant);
        return constant.Value;
    }
}
