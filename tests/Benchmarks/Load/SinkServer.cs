using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>A Track API that only answers 200: what a delivery costs at least is what it costs against this.</summary>
internal static class SinkServer
{
    private static readonly byte[] Empty = "{}\n"u8.ToArray();

    /// <summary>Serves until its standard input ends; prints its address first.</summary>
    /// <param name="latency">How long each answer is held back.</param>
    public static async Task<int> RunAsync(TimeSpan latency)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication app = builder.Build();
        app.Run(context => AnswerAsync(context, latency));
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context, TimeSpan latency)
    {
        await Task.Delay(latency);
        byte[] answer = context.Request.Path == "/api/v1/accounts/region" ? Region(context.Request) : Empty;
        await context.Request.BodyReader.CopyToAsync(Stream.Null);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer);
    }

    private static byte[] Region(HttpRequest request) =>
        System.Text.Encoding.UTF8.GetBytes($$"""{"url":"http://{{request.Host}}","region":"us","environment_id":1}""");
}
