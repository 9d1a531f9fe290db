using System.Net.Http.Headers;
using System.Text;
using CustomerIoDestination.ApiContract.Hosts;

namespace CustomerIoDestination.ApiContract.Asking;

/// <summary>Asks a host over HTTP.</summary>
public sealed class ApiClient(Uri address, HostCredentials credentials) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>Asks with the admin key.</summary>
    public Task<Answer> GetAsync(string path) => SendAsync("GET", path, null, ("X-Admin-Key", credentials.AdminKey));

    /// <summary>Changes something with the admin key.</summary>
    public Task<Answer> PostAsync(string path, string body) =>
        SendAsync("POST", path, Encoding.UTF8.GetBytes(body), ("X-Admin-Key", credentials.AdminKey), ("X-Requested-With", "destination"));

    /// <summary>Sends events with the ingest key.</summary>
    public Task<Answer> IngestAsync(string body, params (string Name, string Value)[] headers) => IngestAsync(Encoding.UTF8.GetBytes(body), headers);

    /// <summary>Sends events with the ingest key.</summary>
    public Task<Answer> IngestAsync(byte[] body, params (string Name, string Value)[] headers) =>
        SendAsync("POST", "/api/events", body, [("X-Ingest-Key", credentials.IngestKey), .. headers]);

    /// <summary>Asks with these headers and no others.</summary>
    public async Task<Answer> SendAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        }

        foreach ((string name, string value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);
            }
        }

        using HttpResponseMessage response = await _http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
