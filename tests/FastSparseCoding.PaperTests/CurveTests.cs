using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>The error of the exact methods after k iterations, against curves measured with another implementation.</summary>
public sealed class CurveTests
{
    private const float Lambda = 0.5f;

    private static readonly int[] Iterations = [1, 2, 3, 5, 7, 10, 20, 30, 50, 100, 200];
    private static readonly int[] Updates = [1, 2, 5, 10, 20, 30, 50, 100, 200];

    [Theory]
    [InlineData(100, 24.88, 20.23, 17.45, 14.11, 12.08, 10.08, 6.59, 4.79, 2.86, 1.08, .272)]
    [InlineData(400, 24.23, 22.55, 21.39, 19.80, 18.67, 17.41, 14.73, 13.00, 10.64, 7.30, 4.21)]
    public void Ista(int atoms, params double[] errors)
        => Check(errors, Iterations, new IstaSolver(SharedData.Dictionary(atoms), Lambda));

    [Theory]
    [InlineData(100, 24.88, 20.23, 16.78, 12.19, 9.34, 6.53, 1.96, .531, .058, .0034, 2e-4)]
    [InlineData(400, 24.23, 22.55, 21.10, 18.76, 16.92, 14.69, 9.30, 5.79, 2.13, .175, .011)]
    public void Fista(int atoms, params double[] errors)
        => Check(errors, Iterations, new FistaSolver(SharedData.Dictionary(atoms), Lambda));

    [Theory]
    [InlineData(100, 46.34, 29.08, 17.73, 13.29, 9.70, 7.45, 4.73, 1.90, .498)]
    [InlineData(400, 190.8, 104.3, 46.69, 30.20, 22.26, 18.35, 13.26, 6.87, 2.56)]
    public void Cod(int atoms, params double[] errors)
        => Check(errors, Updates, new GreedyCoordinateDescentSolver(SharedData.Dictionary(atoms), Lambda));

    private static void Check(double[] errors, int[] iterations, LassoSolver solver)
    {
        double[] codes = SharedData.Codes(solver.CodeSize);
        var exact = new Matrix(1000, solver.CodeSize, Array.ConvertAll(codes, v => (float)v));

        PredictionCurve curve = PredictionCurve.Measure(
            solver, SharedData.X, exact, iterations, cancellation: TestContext.Current.CancellationToken);

        // The numbers are known to two to four digits; half a unit of the last, and what another bound L > λmax changes.
        for (int i = 0; i < errors.Length; i++)
            Assert.InRange(curve.CodeErrors[i], errors[i] * 0.99 - HalfUnit(errors[i]), errors[i] * 1.01 + HalfUnit(errors[i]));
    }

    private static double HalfUnit(double error) => error < 0.001 ? 5e-5 : error < 0.1 ? 5e-4 : error < 1 ? 5e-3 : 0.05;
}
