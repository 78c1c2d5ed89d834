using FastSparseCoding.Paper;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

/// <summary>Every rule on both sides of its borders; what does not hold for one seed does not hold.</summary>
public sealed class VerdictsTests
{
    [Theory]
    [InlineData("reproduced", 18.0, 14.4, 15.0)]
    [InlineData("partly", 18.0, 14.3, 20.0)]
    [InlineData("not reproduced", 18.0, 2.0, 20.0)]
    [InlineData("reproduced", null, 16.0, 16.0)]
    [InlineData("partly", null, 15.9, 16.0)]
    [InlineData("reproduced", 35.0, double.PositiveInfinity, 30.0)]
    [InlineData("not reproduced", 35.0, double.NaN, 30.0)]
    public void Iterations_are_held_against_the_papers(string verdict, double? paper, double first, double second)
        => Assert.Equal(verdict, Verdicts.Iterations([first, second], paper).Word);

    [Theory]
    [InlineData("reproduced", true, 4.0, 3.0, 1.7)]        // 4/1.7 is above .8·1.5/.52 = 2.31
    [InlineData("partly", true, 4.0, 3.0, 1.8)]
    [InlineData("partly", false, 4.0, 4.1, 1.7)]
    [InlineData("reproduced", false, 4.0, 3.0, 2.9)]
    [InlineData("not reproduced", true, 4.0, 3.0, 4.0)]
    public void Errors_are_held_against_the_papers_fall(string verdict, bool known, double one, double three, double seven)
        => Assert.Equal(verdict, Verdicts.Depth([[4, 2, 1], [one, three, seven]], known ? [1.50, 0.98, 0.52] : null).Word);

    [Theory]
    [InlineData("reproduced", 4.9)]
    [InlineData("partly", 5.0)]
    [InlineData("partly", 6.9)]
    [InlineData("not reproduced", 9.0)]
    public void Lista_is_held_against_every_baseline(string verdict, double lista)
        => Assert.Equal(verdict, Verdicts.Baselines([[9.0, 9.0], [7.0, 7.0], [5.0, 5.0]], [4.0, lista]).Word);

    [Theory]
    [InlineData("reproduced", 8.0)]
    [InlineData("partly", 7.9)]
    [InlineData("not reproduced", 1.0)]
    public void Lcod_is_held_against_a_tenth_of_the_work(string verdict, double factor)
        => Assert.Equal(verdict, Verdicts.Updates([9.0, factor]).Word);

    [Theory]
    [InlineData("reproduced", 12.0)]
    [InlineData("partly", 12.1)]
    [InlineData("partly", 19.9)]
    [InlineData("not reproduced", 20.0)]
    public void A_start_pays_for_its_prediction(string verdict, double warm)
        => Assert.Equal(verdict, Verdicts.WarmStart([3.0, warm], predictions: 4, cold: 20).Word);

    [Theory]
    [InlineData("reproduced", 0.6, 0.6)]
    [InlineData("partly", 0.6, 0.5)]
    [InlineData("partly", 0.3, 0.8)]
    [InlineData("not reproduced", 0.3, 0.7)]
    public void Silence_is_for_the_wrong_activations(string verdict, double suppressed, double kept)
        => Assert.Equal(verdict, Verdicts.ExplainingAway([(0.9, 0.9), (suppressed, kept)]).Word);

    [Theory]
    [InlineData("reproduced", 0.02)]
    [InlineData("partly", 0.04)]
    [InlineData("not reproduced", 0.08)]
    public void Predicted_codes_are_held_against_pixels_and_a_stopped_solver(string verdict, double predicted)
        => Assert.Equal(verdict, Verdicts.Recognition([0.01, predicted], [0.07, 0.07], [0.03, 0.03]).Word);

    [Theory]
    [InlineData("reproduced", 0.02)]
    [InlineData("partly", 0.04)]
    [InlineData("not reproduced", 0.05)]
    public void Training_through_the_classifier_is_held_against_the_predictor(string verdict, double through)
        => Assert.Equal(verdict, Verdicts.EndToEnd([0.01, through], [0.03, 0.03]).Word);
}
