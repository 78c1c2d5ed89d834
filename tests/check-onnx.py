"""Holds ONNX files to the format's own checker, and infers the shapes of their outputs: check-onnx.py FILE..."""
import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    for output in inferred.graph.output:
        sizes = [d.dim_param or d.dim_value for d in output.type.tensor_type.shape.dim]
        if not sizes or sizes[0] != "N":
            sys.exit(f"{path}: output {output.name} is {sizes}; its first dimension must be N.")
print(f"{len(sys.argv) - 1} ONNX files are valid")
