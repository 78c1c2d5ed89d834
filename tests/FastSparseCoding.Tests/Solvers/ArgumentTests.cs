using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class ArgumentTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(5, 3, seed: 1);

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_wrong_weight_or_option_is_refused_at_construction(string name)
    {
        foreach ((float lambda, string text) in (
            (float, string)[])[(0, "0"), (-1.5f, "-1.5"), (float.NaN, "NaN"), (float.PositiveInfinity, "Infinity")])
            Assert.StartsWith($"'lambda' is {text}; it must be a finite number above 0.",
                Message(() => Problems.Solver(name, Dictionary, lambda)), StringComparison.Ordinal);
        Assert.StartsWith("'Tolerance' is 0; it must be from 1E-07 to 1.",
            Message(() => Problems.Solver(name, Dictionary, 1, new SolverOptions { Tolerance = 0 })), StringComparison.Ordinal);
        Assert.StartsWith("'Tolerance' is NaN; it must be from 1E-07 to 1.",
            Message(() => Problems.Solver(name, Dictionary, 1, new SolverOptions { Tolerance = double.NaN })), StringComparison.Ordinal);
        Assert.StartsWith("'MaxIterations' is -1; it must be 0 or more.",
            Message(() => Problems.Solver(name, Dictionary, 1, new SolverOptions { MaxIterations = -1 })), StringComparison.Ordinal);
        Assert.StartsWith("'StartThreshold' is -1; it must be from 0 to 3.4028235E+38.",
            Message(() => Problems.Solver(name, Dictionary, 1, new SolverOptions { StartThreshold = -1 })), StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Problems.Solver(name, null!, 1));
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_wrong_shape_is_named_with_the_right_one(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, 1);
        Assert.Equal("'x' has 4 columns; it must have 3. (Parameter 'x')",
            Message(() => solver.Encode(new Matrix(2, 4).View, new Matrix(2, 5).View)));
        Assert.Equal("'z' is [3×5]; it must be [2×5]. (Parameter 'z')",
            Message(() => solver.Encode(new Matrix(2, 3).View, new Matrix(3, 5).View)));
        Assert.Equal("'z' is [2×4]; it must be [2×5]. (Parameter 'z')", Message(() => solver.Solve(new Matrix(2, 3), new Matrix(2, 4))));
        Assert.StartsWith("'threads' is -1; it must be from 0 to 1024.",
            Message(() => solver.Solve(new Matrix(2, 3), new Matrix(2, 5), threads: -1)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_value_that_is_not_finite_is_named_with_its_place(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, 1);
        Matrix x = RandomData.Normal(700, 3, seed: 2), z = new(700, 5);
        x[611, 2] = float.NaN;
        const string expected = "'x' holds NaN at row 611, column 2; every value must be finite. (Parameter 'x')";
        Assert.Equal(expected, Message(() => solver.Solve(x, z)));
        Assert.Equal(expected, Message(() => solver.Encode(x.View, z.View)));
        Assert.Equal(expected, Message(() => solver.Encode(x)));
        Assert.Equal(expected, Message(() => solver.Trace(x, [1], (_, _, _) => { })));

        x[611, 2] = 0;
        z[13, 4] = float.NegativeInfinity;
        Assert.Equal("'z' holds -Infinity at row 13, column 4; every value must be finite. (Parameter 'z')",
            Message(() => solver.Solve(x, z, warmStart: true)));
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Encoding_into_the_callers_buffer_allocates_nothing(string name)
    {
        LassoSolver solver = Problems.Solver(
            name, RandomData.Dictionary(30, 16, seed: 1), 0.02f, new SolverOptions { MaxIterations = 200 });
        Matrix x = RandomData.Normal(5, 16, seed: 2), z = new(5, 30);
        Allocation.CheckNone(() => solver.Encode(x.View, z.View));
        Assert.Contains(z.Values.ToArray(), value => value != 0);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Cancelling_is_seen_and_an_empty_batch_is_solved(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, 1);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => solver.Solve(new Matrix(1, 3), new Matrix(1, 5), cancellation: source.Token));

        SolveReport report = solver.Solve(new Matrix(0, 3), new Matrix(0, 5), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (report.Unconverged, report.Status.Count));
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void A_signal_too_large_for_float32_is_left_unconverged_and_harms_no_other_row(string name)
    {
        LassoSolver solver = Problems.Solver(name, Dictionary, 0.1f, new SolverOptions { MaxIterations = 300 });
        Matrix x = RandomData.Normal(3, 3, seed: 2), z = new(3, 5), expected = new(3, 5);
        solver.Solve(x, expected, threads: 1, cancellation: TestContext.Current.CancellationToken);
        x.Row(1).Fill(float.MaxValue);

        SolveReport report = solver.Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([SolveStatus.Converged, SolveStatus.IterationLimit, SolveStatus.Converged], report.Status);
        Assert.Equal(expected.Row(0), z.Row(0));
        Assert.Equal(expected.Row(2), z.Row(2));
    }

    [Fact]
    public void The_solvers_say_what_they_are()
    {
        Assert.Equal(["ISTA", "FISTA", "CoD", "cyclic CD", "active set"],
            ((string[])["ISTA", "FISTA", "CoD", "cyclic CD", "active set"]).Select(name => Problems.Solver(name, Dictionary, 1).Name));
        var solver = new FistaSolver(Dictionary, 0.25f, new SolverOptions { MaxIterations = 7 });
        Assert.Equal((3, 5, 0.25f, 7, Dictionary),
            (solver.SignalSize, solver.CodeSize, solver.Lambda, solver.Options.MaxIterations, solver.Dictionary));
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
}
