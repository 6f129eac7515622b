# curl, getting its own token as Adobe's "View cURL command" has it: for each line, one call to Firefly.

while read -r line; do
  token=$(curl --silent --show-error --fail -X POST "$ADOBE_IMS_TOKEN_URL" \
    -H 'Content-Type: application/x-www-form-urlencoded' \
    -d "grant_type=client_credentials&client_id=$ADOBE_CLIENT_ID&client_secret=$ADOBE_CLIENT_SECRET&scope=$ADOBE_SCOPES" |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --silent --show-error --fail -K - -H "x-api-key: $ADOBE_CLIENT_ID" "$FIREFLY/v3/custom-models"
  echo
done
