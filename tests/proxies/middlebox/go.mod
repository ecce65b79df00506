module boardwalk.dev/middlebox

go 1.19
