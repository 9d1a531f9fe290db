using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Page;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary><c>GET /</c> and <c>GET /page/{file}</c>: the operator's page. It holds no data; what it shows it asks for with the operator's key.</summary>
internal static class PageEndpoint
{
    public static Task<IResult> GetIndexAsync(HttpRequest request, Admission admission, DestinationPorts ports) =>
        Task.FromResult<IResult>(new PageAnswer(PageFiles.Index));

    public static Task<IResult> GetFileAsync(HttpRequest request, Admission admission, DestinationPorts ports) =>
        Task.FromResult<IResult>(PageFiles.Find(PathValue.Last(request)) is { } file ? new PageAnswer(file) : ApiErrors.UnknownRoute);
}
