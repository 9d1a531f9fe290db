using System.Text;

namespace TrackApiSandbox.Http;

/// <summary>HTTP Basic with site id and API key. Null lets in any part that is not empty.</summary>
internal sealed class BasicCredentials(string? siteId, string? apiKey)
{
    private const string Scheme = "Basic ";
    private string? _lastAccepted;

    public bool Accept(string? authorization)
    {
        if (authorization is null)
        {
            return false;
        }

        if (string.Equals(authorization, _lastAccepted, StringComparison.Ordinal))
        {
            return true;
        }

        bool accepted = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && AcceptToken(authorization[Scheme.Length..].Trim());
        if (accepted)
        {
            _lastAccepted = authorization;
        }

        return accepted;
    }

    /// <summary>Customer.io's Go client encodes with the URL alphabet, the others with the standard one; both work there.</summary>
    private bool AcceptToken(string token)
    {
        byte[] decoded = new byte[token.Length];
        if (!Convert.TryFromBase64String(token.Replace('-', '+').Replace('_', '/'), decoded, out int length))
        {
            return false;
        }

        string credentials = Encoding.UTF8.GetString(decoded, 0, length);
        int colon = credentials.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Matches(siteId, credentials[..colon]) && Matches(apiKey, credentials[(colon + 1)..]);
    }

    private static bool Matches(string? expected, string given) => expected is null ? given.Length > 0 : expected == given;
}
