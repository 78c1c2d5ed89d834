namespace FastSparseCoding.Paper;

/// <summary>Where experiments tell how far they are. Told from several threads at once.</summary>
internal interface IProgressBoard
{
    /// <summary>Begins a piece of work.</summary>
    IProgressPiece Start(string title);
}

/// <summary>One piece of work of a board.</summary>
internal interface IProgressPiece
{
    /// <summary>Tells how far it is.</summary>
    /// <param name="done">What is done.</param>
    /// <param name="total">What there is to do.</param>
    /// <param name="perSecond">Rate.</param>
    /// <param name="remaining">Estimated time to the end.</param>
    /// <param name="detail">What else to show, such as the error so far.</param>
    void Report(long done, long total, double perSecond, TimeSpan remaining, string detail);

    /// <summary>Tells which of a few steps was taken.</summary>
    void Report(int done, int total, string step);

    /// <summary>Tells which part of it is done, from 0 to 1, and the estimated time to the end.</summary>
    void Report(double part, TimeSpan remaining);
}

/// <summary>A board that nobody looks at.</summary>
internal sealed class NoProgress : IProgressBoard, IProgressPiece
{
    public static NoProgress Board { get; } = new();

    public IProgressPiece Start(string title) => this;

    public void Report(long done, long total, double perSecond, TimeSpan remaining, string detail)
    {
    }

    public void Report(int done, int total, string step)
    {
    }

    public void Report(double part, TimeSpan remaining)
    {
    }
}
