using CustomerIoDestination.HttpApi.Answers;

namespace CustomerIoDestination.HttpApi.Authentication;

/// <summary>What the gate decided about a request before its body was read.</summary>
internal sealed record Admission
{
    /// <summary>It may pass.</summary>
    public static Admission Granted { get; } = new();

    /// <summary>It may pass, and its delete and suppress events count.</summary>
    public static Admission GrantedWithLifecycle { get; } = new() { LifecycleAllowed = true };

    /// <summary>It may pass, as a browser's.</summary>
    public static Admission GrantedToBrowser { get; } = new() { FromBrowser = true };

    /// <summary>Why it may not pass; null when it may.</summary>
    public ApiError? Refusal { get; init; }

    /// <summary>Whether delete and suppress events count.</summary>
    public bool LifecycleAllowed { get; init; }

    /// <summary>Whether it showed a write key: it is then a stranger's, who read the key in a page.</summary>
    public bool FromBrowser { get; init; }

    /// <summary>The signature the body must still be checked against; null when there is none.</summary>
    public BodySignature? Signature { get; init; }

    /// <summary>It may not pass.</summary>
    public static Admission Refused(ApiError refusal) => new() { Refusal = refusal };
}
