# POST / calls handle of function.ps1 with what the JSON in the body says; GET / says that this is there.
$ErrorActionPreference = 'Stop'
$listener = [System.Net.HttpListener]::new()
$listener.Prefixes.Add("http://*:$env:FUNCTION_PORT/")
$listener.Start()
while ($true) {
    $exchange = $listener.GetContext()
    try {
        if ($exchange.Request.HttpMethod -eq 'POST') {
            $text = [System.IO.StreamReader]::new($exchange.Request.InputStream).ReadToEnd()
            $message = ConvertFrom-Json $text
            . (Join-Path $env:FUNCTION_DIR 'function.ps1')
            $result = handle $message.context $message.payload
        }
        else { $result = @{ language = 'powershell' } }
    }
    catch {
        [Console]::Error.WriteLine($_)
        $exchange.Response.StatusCode = 500
        $result = @{ error = "$_" }
    }
    $bytes = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $result -Depth 16))
    $exchange.Response.ContentType = 'application/json'
    $exchange.Response.OutputStream.Write($bytes, 0, $bytes.Length)
    $exchange.Response.Close()
}
