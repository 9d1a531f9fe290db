namespace TrackApiSandbox;

/// <summary>The data centre a workspace lives in, as <c>GET /api/v1/accounts/region</c> tells it.</summary>
public enum SandboxRegion
{
    /// <summary>United States.</summary>
    Us,

    /// <summary>European Union.</summary>
    Eu,
}
