using System.Runtime.InteropServices;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;

namespace FastSparseCoding.Tests.Storage;

/// <summary>Runs a graph in double, operation by operation, with a bound of what single precision may make of every value.</summary>
internal sealed class OnnxTwin
{
    /// <summary>Roundings in a hyperbolic tangent as a quotient of two polynomials, of some 7 terms each.</summary>
    private const int TanhRoundings = 24;

    private readonly OnnxGraph _graph;
    private readonly Dictionary<OnnxValue, Bounded> _values = [];
    private readonly Dictionary<OnnxValue, (OnnxValue V, OnnxValue Theta)> _deadZones = [];

    public OnnxTwin(OnnxGraph graph, Matrix x, params (string Name, float[] Values)[] others)
    {
        _graph = graph;
        foreach (OnnxConstant constant in graph.Constants)
            _values[constant.Value] = Bounded.Exact([.. constant.Shape.Select(s => (int)s)], Numbers(constant));
        _values[graph.Inputs[0].Value] = Bounded.Exact([x.Rows, x.Columns], x.Values.ToArray().Select(v => (double)v));
        foreach ((string name, float[] values) in others)
            _values[graph.Inputs.Single(i => i.Value.Name == name).Value] = Bounded.Exact([values.Length], values.Select(v => (double)v));
        foreach (OnnxNode node in graph.Nodes)
            _values[node.Output] = Shrink(node) ?? Run(node, [.. node.Inputs.Select(v => _values[v])]);
    }

    /// <summary>v less what of v lies in its dead zone is a soft threshold: off by no more than v and θ together, where the operations one
    /// by one would count v twice.</summary>
    private Bounded? Shrink(OnnxNode node)
    {
        if (node.Operator == "Min")
            _deadZones[node.Output] = (node.Inputs[0], node.Inputs[1]);
        else if (node.Operator == "Max")
            _deadZones[node.Output] = _deadZones[node.Inputs[0]];
        else if (node.Operator == "Sub" && _deadZones.TryGetValue(node.Inputs[1], out var zone) && zone.V == node.Inputs[0])
        {
            Bounded theta = Bounded.Combine(_values[zone.V], _values[zone.Theta], (_, t, _, e) => (t, e));
            Bounded exact = Bounded.Add(_values[zone.V], _values[node.Inputs[1]], -1);
            return new Bounded(exact.Shape, exact.Values, [.. exact.Values.Select((z, i) =>
                (_values[zone.V].Errors[i] + theta.Errors[i]) * (1 + Tolerance.UnitRoundoff) + Tolerance.UnitRoundoff * Math.Abs(z))]);
        }
        return null;
    }

    public Bounded this[string output] => _values[_graph.Outputs.Single(o => o.Value.Name == output).Value];

    private static IEnumerable<double> Numbers(OnnxConstant constant) => constant.Type == OnnxType.Float32
        ? MemoryMarshal.Cast<byte, float>(constant.Bytes).ToArray().Select(v => (double)v)
        : MemoryMarshal.Cast<byte, long>(constant.Bytes).ToArray().Select(v => (double)v);

    private Bounded Run(OnnxNode node, Bounded[] inputs)
    {
        Bounded a = inputs[0], b = inputs[^1];
        OnnxAttribute Attribute(string name) => node.Attributes.Single(o => o.Name == name);
        return node.Operator switch
        {
            "Gemm" => Bounded.Gemm(a, inputs[1], inputs.Length > 2 ? b : null, Attribute("alpha").Number!.Value,
                Attribute("beta").Number!.Value, Attribute("transB").Integer == 1),
            "Add" => Bounded.Add(a, b),
            "Sub" => Bounded.Add(a, b, -1),
            "Mul" => Bounded.Multiply(a, b),
            "Min" => Bounded.Combine(a, b, (v, w, ev, ew) => (Math.Min(v, w), Math.Max(ev, ew))),
            "Max" => Bounded.Combine(a, b, (v, w, ev, ew) => (Math.Max(v, w), Math.Max(ev, ew))),
            "Neg" => a.Map((v, e) => (-v, e)),
            "Abs" => a.Map((v, e) => (Math.Abs(v), e)),
            "Tanh" => a.Map((v, e) => (Math.Tanh(v), e + TanhRoundings * Tolerance.UnitRoundoff)),
            "ArgMax" => ArgMax(a),
            "Gather" => Gather(a, b),
            "GatherElements" => Elements(a, b),
            "Equal" => Chosen(a, b),
            "Where" => Where(a, inputs[1], b),
            "Unsqueeze" => a.Reshaped([a.Values.Length, 1]),
            "Reshape" => a.Reshaped(ShapeOf(a, b)),
            "ReduceMean" => LastMean(a),
            "Softmax" => Softmax(a),
            _ => throw new ArgumentException(node.Operator, nameof(node)),
        };
    }

    /// <summary>The first of the largest values, and all that are not below it by more than the errors of both.</summary>
    private static Bounded ArgMax(Bounded a)
    {
        var choices = new int[a.Rows][];
        for (int i = 0; i < a.Rows; i++)
        {
            int at = i * a.Columns, best = Enumerable.Range(0, a.Columns).MaxBy(j => a.Values[at + j]);
            choices[i] = [best, .. Enumerable.Range(0, a.Columns).Where(j => j != best
                && a.Values[at + best] - a.Values[at + j] <= a.Errors[at + best] + a.Errors[at + j]
                && a.Errors[at + best] + a.Errors[at + j] > 0)];
        }
        return new Bounded([a.Rows], [.. choices.Select(c => (double)c[0])], new double[a.Rows]) { Choices = choices };
    }

    /// <summary>Rows of a; the error covers every row that may be chosen.</summary>
    private static Bounded Gather(Bounded a, Bounded k)
        => Covering([k.Values.Length, a.Columns], (i, j, c) => c * a.Columns + j, a, k);

    /// <summary>The value in column k_i of row i; the error covers every column that may be chosen.</summary>
    private static Bounded Elements(Bounded a, Bounded k) => Covering([k.Rows, 1], (i, _, c) => i * a.Columns + c, a, k);

    private static Bounded Covering(int[] shape, Func<int, int, int, int> place, Bounded a, Bounded k)
    {
        var result = Bounded.Exact(shape, new double[shape[0] * shape[1]]);
        for (int at = 0; at < result.Values.Length; at++)
        {
            (int i, int j) = (at / shape[1], at % shape[1]);
            double value = result.Values[at] = a.Values[place(i, j, k.Choices[i][0])];
            result.Errors[at] = k.Choices[i].Max(c => Math.Abs(a.Values[place(i, j, c)] - value) + a.Errors[place(i, j, c)]);
        }
        return result;
    }

    /// <summary>1 in the columns chosen, with an error of 1 where another choice would change it.</summary>
    private static Bounded Chosen(Bounded columns, Bounded k)
    {
        var result = Bounded.Exact([k.Rows, columns.Columns], new double[k.Rows * columns.Columns]);
        for (int i = 0; i < k.Rows; i++)
        {
            result.Values[i * columns.Columns + k.Choices[i][0]] = 1;
            foreach (int c in k.Choices[i].Length > 1 ? k.Choices[i] : [])
                result.Errors[i * columns.Columns + c] = 1;
        }
        return result;
    }

    private static Bounded Where(Bounded condition, Bounded a, Bounded b)
    {
        Bounded right = Bounded.Combine(a, b, (_, w, _, ew) => (w, ew));
        return new Bounded(a.Shape, [.. condition.Values.Select((c, i) => c == 1 ? a.Values[i] : right.Values[i])],
            [.. condition.Values.Select((c, i) => condition.Errors[i] == 0 ? (c == 1 ? a.Errors[i] : right.Errors[i])
                : Math.Max(a.Errors[i], right.Errors[i]) + Math.Abs(a.Values[i] - right.Values[i]))]);
    }

    private static int[] ShapeOf(Bounded a, Bounded shape)
    {
        int[] sizes = [.. shape.Values.Select((s, i) => s == 0 ? a.Shape[i] : (int)s)];
        int known = sizes.Where(s => s > 0).Aggregate(1, (product, s) => product * s);
        return [.. sizes.Select(s => s < 0 ? a.Values.Length / known : s)];
    }

    private static Bounded LastMean(Bounded a)
    {
        int n = a.Columns;
        var sums = Enumerable.Range(0, a.Values.Length / n).Select(i => (
            Mean: a.Values[(i * n)..((i + 1) * n)].Sum() / n,
            Error: (a.Errors[(i * n)..((i + 1) * n)].Sum()
                + (n + 2) * Tolerance.UnitRoundoff * a.Values[(i * n)..((i + 1) * n)].Sum(Math.Abs)) / n)).ToArray();
        return new Bounded([.. a.Shape[..^1], 1], [.. sums.Select(s => s.Mean)], [.. sums.Select(s => s.Error)]);
    }

    /// <summary>Logits that are off by E make every probability off by a factor of at most e^2E; the exponentials, their sum of C terms and
    /// the quotient round C + 16 times.</summary>
    private static Bounded Softmax(Bounded a)
    {
        var result = Bounded.Exact(a.Shape, new double[a.Values.Length]);
        for (int i = 0; i < a.Rows; i++)
        {
            Range row = (i * a.Columns)..((i + 1) * a.Columns);
            double largest = a.Values[row].Max(), error = a.Errors[row].Max();
            double[] e = [.. a.Values[row].Select(y => Math.Exp(y - largest))];
            double factor = Math.Exp(2 * error) * (1 + (a.Columns + 16) * Tolerance.UnitRoundoff) - 1;
            for (int j = 0; j < e.Length; j++)
                (result.Values[row.Start.Value + j], result.Errors[row.Start.Value + j]) = (e[j] / e.Sum(), factor * e[j] / e.Sum());
        }
        return result;
    }
}
