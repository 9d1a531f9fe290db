using System.Text;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class AnswerTableTests
{
    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "{}\n")]
    [InlineData(200, " { } ")]
    [InlineData(200, """{"accepted":true}""")]
    [InlineData(200, """{"errors":[]}""")]
    [InlineData(200, """{"errors":null}""")]
    [InlineData(204, "")]
    [InlineData(207, "{}")]
    public void Taken_without_errors(int status, string body) =>
        Read(status, body).ShouldBeOfType<TrackApiAnswer.Taken>().Errors.ShouldBeEmpty();

    [Theory]
    [InlineData(200, """{"errors":[{"reason":"invalid","field":"attributes.plan","message":"x"}]}""", 1)]
    [InlineData(207, """{"errors":[{"batch_index":1,"message":"x"},{"batch_index":2,"message":"y"}]}""", 2)]
    [InlineData(207, """{"errors":[{"batch_index":1,"message":"x"},{"batch_index":1,"message":"y"}]}""", 1)]
    [InlineData(200, """{"errors":"something"}""", 1)]
    [InlineData(200, """{"meta":{"error":"name cannot be blank"}}""", 1)]
    public void Taken_with_errors(int status, string body, int errors) =>
        Read(status, body).ShouldBeOfType<TrackApiAnswer.Taken>().Errors.Count.ShouldBe(errors);

    [Theory]
    [InlineData(200, "<html>")]
    [InlineData(200, "[]")]
    [InlineData(200, "{} {}")]
    [InlineData(200, """{"errors":""")]
    [InlineData(200, "ok")]
    public void A_success_that_is_no_json_object_is_no_success(int status, string body) =>
        Read(status, body).ShouldBe(new TrackApiAnswer.Unavailable("unreadable_answer", status, null));

    [Theory]
    [InlineData(199)]
    [InlineData(300)]
    public void A_status_that_no_success_has_is_suspicious_even_with_a_body_that_looks_like_one(int status) =>
        Read(status, "{}").ShouldBeOfType<TrackApiAnswer.Suspicious>().HttpStatus.ShouldBe(status);

    [Theory]
    [InlineData(0, "http_0")]
    [InlineData(503, "http_503")]
    [InlineData(599, "http_599")]
    [InlineData(600, "http_other")]
    [InlineData(-1, "http_other")]
    [InlineData(null, "http_other")]
    public void A_status_has_a_code_of_a_bounded_set(int? status, string code) => AnswerTable.HttpCode(status).ShouldBe(code);

    [Fact]
    public void A_success_longer_than_the_bound_is_no_success() =>
        AnswerTable.Read(200, "{}"u8, whole: false, null).ShouldBeOfType<TrackApiAnswer.Unavailable>();

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public void Refused(int status) => Read(status, "<html>").ShouldBeOfType<TrackApiAnswer.Refused>().Errors.ShouldHaveSingleItem()
        .ShouldSatisfyAllConditions(error => (error.Index, error.Code, error.Field, error.Text.Length).ShouldBe((null, "unknown_message", null, 6)), error => error.Message.ShouldStartWith($"HTTP {status};"));

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(522)]
    [InlineData(524)]
    public void Unavailable(int status) =>
        AnswerTable.Read(status, "{}"u8, whole: true, TimeSpan.FromSeconds(7)).ShouldBe(new TrackApiAnswer.Unavailable($"http_{status}", status, TimeSpan.FromSeconds(7)));

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(407)]
    [InlineData(409)]
    [InlineData(410)]
    [InlineData(418)]
    public void Suspicious(int status) => Read(status, "").ShouldBeOfType<TrackApiAnswer.Suspicious>()
        .ShouldSatisfyAllConditions(answer => answer.HttpStatus.ShouldBe(status), answer => answer.Text.Length.ShouldBe(0), answer => answer.Errors.ShouldBeEmpty());

    private static TrackApiAnswer Read(int status, string body) => AnswerTable.Read(status, Encoding.UTF8.GetBytes(body), whole: true, null);
}
