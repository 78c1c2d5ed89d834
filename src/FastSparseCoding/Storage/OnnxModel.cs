namespace FastSparseCoding.Storage;

/// <summary>
/// A graph with what the file says about it, as a message of the ONNX format: IR version 8, opset 17. Constants are initializers and no
/// inputs, so that a runtime may fold and pack them.
/// </summary>
internal sealed class OnnxModel
{
    private const int IrVersion = 8, OperatorSet = 17;

    private const string Producer = "FastSparseCoding";

    private readonly ProtoMessage _message;

    /// <summary>Puts the message together.</summary>
    /// <param name="name">Name of the graph.</param>
    /// <param name="graph">The graph, complete.</param>
    /// <param name="input">What the rows of the input are, in words.</param>
    /// <param name="description">The model file of the same content: its metadata travel with the graph, its tensors do not.</param>
    public OnnxModel(string name, OnnxGraph graph, string input, ModelWriter description)
    {
        _message = new ProtoMessage()
            .Add(Field.ModelIrVersion, IrVersion)
            .Add(Field.ModelProducerName, Producer)
            .Add(Field.ModelProducerVersion, typeof(OnnxModel).Assembly.GetName().Version!.ToString(3))
            .Add(Field.ModelGraph, Graph(name, graph))
            .Add(Field.ModelOperatorSet, new ProtoMessage().Add(Field.OperatorSetVersion, OperatorSet));
        foreach ((string key, string value) in description.Metadata)
            if (key is not (ModelFormat.FormatKey or ModelFormat.VersionKey))
                AddMetadata(key, value);
        AddMetadata("input", input);
        RequireSize(_message.Length);
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, Save);

    public void Save(Stream stream) => _message.WriteTo(stream);

    /// <summary>Refuses what no reader of Protocol Buffers takes.</summary>
    public static void RequireSize(long bytes)
    {
        if (bytes > int.MaxValue)
            Throw.Argument("model", $"'model' has {bytes} bytes; an ONNX file has {int.MaxValue} at most.");
    }

    private void AddMetadata(string key, string value)
        => _message.Add(Field.ModelMetadata, new ProtoMessage().Add(Field.PairKey, key).Add(Field.PairValue, value));

    private static ProtoMessage Graph(string name, OnnxGraph graph)
    {
        IReadOnlyList<OnnxNode> nodes = graph.Nodes;
        var used = new HashSet<OnnxValue>(nodes.SelectMany(n => n.Inputs));
        ProtoMessage message = new();
        foreach (OnnxNode node in nodes)
            message.Add(Field.GraphNode, Node(node));
        message.Add(Field.GraphName, name);
        foreach (OnnxConstant constant in graph.Constants.Where(c => used.Contains(c.Value)))
            message.Add(Field.GraphInitializer, Tensor(constant));
        foreach (OnnxPort input in graph.Inputs)
            message.Add(Field.GraphInput, Port(input));
        foreach (OnnxPort output in graph.Outputs)
            message.Add(Field.GraphOutput, Port(output));
        return message;
    }

    private static ProtoMessage Node(OnnxNode node)
    {
        ProtoMessage message = new();
        foreach (OnnxValue input in node.Inputs)
            message.Add(Field.NodeInput, input.Name);
        message.Add(Field.NodeOutput, node.Output.Name).Add(Field.NodeOperator, node.Operator);
        foreach (OnnxAttribute attribute in node.Attributes)
            message.Add(Field.NodeAttribute, Attribute(attribute));
        return message;
    }

    private static ProtoMessage Attribute(OnnxAttribute attribute)
    {
        ProtoMessage message = new ProtoMessage().Add(Field.AttributeName, attribute.Name);
        if (attribute.Number is { } number)
            return message.Add(Field.AttributeFloat, number).Add(Field.AttributeType, Field.TypeFloat);
        if (attribute.Integer is { } integer)
            return message.Add(Field.AttributeInt, integer).Add(Field.AttributeType, Field.TypeInt);
        foreach (long one in attribute.Integers!)
            message.Add(Field.AttributeInts, one);
        return message.Add(Field.AttributeType, Field.TypeInts);
    }

    private static ProtoMessage Tensor(OnnxConstant constant)
    {
        ProtoMessage message = new();
        foreach (long size in constant.Shape)
            message.Add(Field.TensorDimension, size);
        return message.Add(Field.TensorType, (long)constant.Type).Add(Field.TensorName, constant.Value.Name)
            .Add(Field.TensorRawData, constant.Bytes);
    }

    private static ProtoMessage Port(OnnxPort port)
    {
        ProtoMessage shape = new();
        foreach (object size in port.Shape)
            shape.Add(Field.ShapeDimension, size is string name
                ? new ProtoMessage().Add(Field.DimensionName, name) : new ProtoMessage().Add(Field.DimensionSize, (int)size));
        ProtoMessage tensor = new ProtoMessage().Add(Field.TensorTypeElement, (long)port.Type).Add(Field.TensorTypeShape, shape);
        ProtoMessage type = new ProtoMessage().Add(Field.TypeTensor, tensor);
        return new ProtoMessage().Add(Field.PortName, port.Value.Name).Add(Field.PortType, type);
    }

    /// <summary>Numbers of fields and of types of attributes, as the format's schema (onnx.proto) has them.</summary>
    internal static class Field
    {
        public const int ModelIrVersion = 1, ModelProducerName = 2, ModelProducerVersion = 3, ModelGraph = 7, ModelOperatorSet = 8,
            ModelMetadata = 14;

        public const int OperatorSetDomain = 1, OperatorSetVersion = 2;

        public const int PairKey = 1, PairValue = 2;

        public const int GraphNode = 1, GraphName = 2, GraphInitializer = 5, GraphInput = 11, GraphOutput = 12;

        public const int NodeInput = 1, NodeOutput = 2, NodeOperator = 4, NodeAttribute = 5;

        public const int AttributeName = 1, AttributeFloat = 2, AttributeInt = 3, AttributeInts = 8, AttributeType = 20;

        public const int TypeFloat = 1, TypeInt = 2, TypeInts = 7;

        public const int TensorDimension = 1, TensorType = 2, TensorName = 8, TensorRawData = 9;

        public const int PortName = 1, PortType = 2;

        public const int TypeTensor = 1, TensorTypeElement = 1, TensorTypeShape = 2;

        public const int ShapeDimension = 1, DimensionSize = 1, DimensionName = 2;
    }
}
