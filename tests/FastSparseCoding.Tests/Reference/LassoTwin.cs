namespace FastSparseCoding.Tests.Reference;

/// <summary>The twin of the plain lasso, ½‖x − zD‖² + λ‖z‖₁.</summary>
internal sealed class LassoTwin(AtomDictionary dictionary, double lambda) : PenaltyTwin(Rows(dictionary), lambda);
