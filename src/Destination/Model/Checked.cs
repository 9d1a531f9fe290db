namespace CustomerIoDestination.Model;

/// <summary>What somebody wrote, settings or rules, checked as a whole: it is good, or none of it counts and every problem is told at once.</summary>
public abstract record Checked<T>
{
    private Checked()
    {
    }

    /// <summary>The value; where there is none, what the caller makes of the message that lists every problem is thrown.</summary>
    public T OrThrow(Func<string, Exception> refused) => this is Valid valid ? valid.Value : throw refused(((Invalid)this).Message);

    /// <summary>It is good.</summary>
    public sealed record Valid(T Value) : Checked<T>
    {
        /// <summary>What is allowed, but was probably not meant.</summary>
        public IReadOnlyList<Problem> Warnings { get; init; } = [];
    }

    /// <summary>It is not.</summary>
    /// <param name="What">What it is, to begin the message with, for instance <c>The rules</c>.</param>
    /// <param name="Problems">Every problem, at least one; no secret's value.</param>
    public sealed record Invalid(string What, IReadOnlyList<Problem> Problems) : Checked<T>
    {
        /// <summary>The file it is in; null when it is in none.</summary>
        public string? File { get; init; }

        /// <summary>One message that lists every problem.</summary>
        public string Message =>
            $"{(File is null ? "" : $"{File}: ")}{What} have {Problems.Count} problem{(Problems.Count == 1 ? "" : "s")}:{Environment.NewLine}"
            + string.Join(Environment.NewLine, Problems.Select(problem => $"  {problem.Where}: {problem.Message}"));
    }
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Where">A setting's name, for instance <c>Delivery__RequestsPerSecond</c>, or a place in a file, for instance <c>transformations[2].when.matches</c>; <c>$</c> is the file as a whole.</param>
/// <param name="Message">What is wrong and what would be right; never a secret's value.</param>
public sealed record Problem(string Where, string Message);
