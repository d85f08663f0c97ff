@{
    'powershell-yaml' = @{ version = '[0.4.7,0.5.0)' }
}
