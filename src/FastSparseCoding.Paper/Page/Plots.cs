using FastSparseCoding.Evaluation;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace FastSparseCoding.Paper;

/// <summary>Error against work on log-log axes, as in the paper's Figures 3 and 4.</summary>
internal static class Plots
{
    private const string PapersPoints =
        " Diamonds are the paper's T = 1, 3, 7, and its crossing: on other data, so that their height does not compare.";

    /// <summary>FISTA and ISTA against LISTA. Work is counted in products by a matrix: k for FISTA, T + 1 for LISTA.</summary>
    public static Picture FistaAgainstLista(ExperimentResult result)
    {
        PlotModel model = Model("k of FISTA and ISTA, T + 1 of LISTA", "error ‖Z − Z*‖²");
        double floor = Floor(result.Lista);
        model.Series.Add(Curve("ISTA", result.Curves.Ista, floor, PlotStyle.Ink, LineStyle.Dash));
        model.Series.Add(Curve("FISTA", result.Curves.Fista, floor, PlotStyle.Blue, LineStyle.Solid));
        AddPoints(model, "LISTA", result.Lista.Select(m => (m.Candidate.Depth + 1, m)));
        SeededResult one = result.Method("lista", 1);
        AddCrossing(model, $"T = 1 is worth {one.FistaIterations} iterations", one.CodeError.Mean, one.FistaIterations.Mean);
        bool known = AddPaper(model, result.Atoms);
        Picture picture = PlotStyle.Export(model, $"fista-lista-{result.Atoms}.svg",
            $"Error against products by a matrix, {result.Atoms} atoms: FISTA and ISTA after k iterations, LISTA with T = 0, 1, 2, 3, 5, 7 "
            + $"(the paper's Figure 3). The dotted line leads from T = 1 to the iteration of FISTA with the same error.{Bands(result)}"
            + (known ? PapersPoints : ""));
        return picture with { Opens = true };
    }

    /// <summary>CoD against LCoD, by coordinate updates.</summary>
    public static Picture CodAgainstLcod(ExperimentResult result)
    {
        PlotModel model = Model("coordinate updates", "error ‖Z − Z*‖²");
        model.Series.Add(Curve("CoD", result.Curves.Cod, Floor(result.Lcod), PlotStyle.Blue, LineStyle.Solid));
        AddPoints(model, "LCoD", result.Lcod.Select(m => (m.Candidate.Depth, m)));
        return PlotStyle.Export(model, $"cod-lcod-{result.Atoms}.svg",
            $"Error against coordinate updates, {result.Atoms} atoms: CoD and LCoD (the paper's Figure 4).{Bands(result)}");
    }

    /// <summary>An exact method from zero and from a prediction, down to where float32 codes end.</summary>
    public static Picture WarmStart(ExperimentResult result, WarmStart start)
    {
        string method = start.Cold.Method;
        PlotModel model = Model(method == "CoD" ? "coordinate updates" : "iterations", "relative gap (E − E*)/E*");
        AddConvergence(model, $"{method} from zero", [start.Cold], PlotStyle.Blue);
        AddConvergence(model, $"{method} from {start.Start.Name}", start.Warm, PlotStyle.Orange);
        return PlotStyle.Export(model, $"warm-start-{start.Start.Kind}-{result.Atoms}.svg",
            $"{method} from zero and from the prediction of {start.Start.Name}, {result.Atoms} atoms.{Bands(result)}");
    }

    /// <summary>What is said of the seeds under a plot; nothing when there is one.</summary>
    public static string Bands(ExperimentResult result)
        => result.SeedCount == 1 ? ""
            : $" Means over {result.SeedCount} seeds; bands span them, and where none is seen it is thinner than the line.";

    private static PlotModel Model(string work, string measure) => PlotStyle.Model(
        PlotStyle.Logarithmic(AxisPosition.Bottom, work), PlotStyle.Logarithmic(AxisPosition.Left, measure));

    private static LineSeries Curve(string name, PredictionCurve curve, double floor, OxyColor color, LineStyle style)
        => PlotStyle.Line(
            name, curve.Iterations.Zip(curve.CodeErrors, (k, error) => new DataPoint(k, error)).Where(p => p.Y > floor), color, style);

    /// <summary>How far down a curve is worth showing: to a fifth of the best prediction's error.</summary>
    private static double Floor(IEnumerable<SeededResult> predictions) => predictions.Min(m => m.CodeError.Mean) / 5;

    // Below a millionth the codes' rounding is all there is to see.
    private static void AddConvergence(PlotModel model, string name, IReadOnlyList<ConvergenceCurve> seeds, OxyColor color)
    {
        (double K, Spread Gap)[] points =
            [.. Enumerable.Range(0, seeds.Min(s => s.Iterations.Count))
                .Select(i => ((double)seeds[0].Iterations[i], Spread.Of(seeds.Select(s => s.RelativeGaps[i]))))
                .Where(p => p.Item1 > 0 && p.Item2.Least > 5e-7)];
        foreach (Series band in PlotStyle.Band(points, color))
            model.Series.Add(band);
        model.Series.Add(PlotStyle.Line(name, points.Select(p => new DataPoint(p.K, p.Gap.Mean)), color));
    }

    private static void AddPoints(PlotModel model, string name, IEnumerable<(int Work, SeededResult Measured)> points)
    {
        (double Work, Spread Error)[] all = [.. points.Select(p => ((double)p.Work, p.Measured.CodeError))];
        foreach (Series band in PlotStyle.Band(all, PlotStyle.Orange))
            model.Series.Add(band);
        model.Series.Add(PlotStyle.Marked(name, all.Select(p => new DataPoint(p.Work, p.Error.Mean)), PlotStyle.Orange, size: 5));
    }

    /// <summary>From LISTA with T = 1, of two products, to the iteration of FISTA with the same error.</summary>
    private static void AddCrossing(PlotModel model, string name, double error, double iterations)
    {
        if (!double.IsFinite(iterations))
            return;
        LineSeries line = PlotStyle.Line(
            name, [new DataPoint(2, error), new DataPoint(iterations, error)], PlotStyle.Orange, LineStyle.Dot);
        (line.MarkerType, line.MarkerSize, line.MarkerStroke, line.MarkerStrokeThickness) = (MarkerType.Cross, 5, PlotStyle.Orange, 2);
        model.Series.Add(line);
    }

    /// <summary>The paper's points and its crossing, where they are known.</summary>
    private static bool AddPaper(PlotModel model, int atoms)
    {
        DataPoint[] points = [.. PaperNumbers.ListaDepths.Where(t => PaperNumbers.ListaError(atoms, t) is not null)
            .Select(t => new DataPoint(t + 1, PaperNumbers.ListaError(atoms, t)!.Value))];
        if (points.Length == 0 || PaperNumbers.FistaIterations(atoms, 1) is not { } iterations)
            return false;
        LineSeries lista = Diamonds("the paper's LISTA, on its data", points, LineStyle.Solid);
        lista.StrokeThickness = 1;
        model.Series.Add(lista);
        model.Series.Add(Diamonds(
            $"the paper's T = 1: {PaperNumbers.Text(iterations, 0)} iterations", [points[0], new DataPoint(iterations, points[0].Y)],
            LineStyle.Dot));
        return true;
    }

    private static LineSeries Diamonds(string name, IEnumerable<DataPoint> points, LineStyle style)
    {
        LineSeries line = PlotStyle.Line(name, points, PlotStyle.Purple, style);
        (line.MarkerType, line.MarkerSize, line.MarkerFill) = (MarkerType.Diamond, 5, PlotStyle.Purple);
        return line;
    }
}
