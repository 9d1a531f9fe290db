using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Page;

/// <summary>A file of the page, with headers that let it load only its own files and talk only to its own host.</summary>
internal sealed class PageAnswer(PageFile file) : IResult
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.ContentType = file.ContentType;
        response.ContentLength = file.Bytes.Length;
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        await response.Body.WriteAsync(file.Bytes, httpContext.RequestAborted);
    }
}
