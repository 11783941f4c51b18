#!/usr/bin/perl
# A single-threaded HTTP/1.1 server: GET / greets and counts, GET|PUT /values/NAME keeps, GET /healthz answers 200.
use strict;
use warnings;
use IO::Socket::INET;
use Fcntl qw(:flock);

my $file = shift or die "usage: hello.pl CONF\n";
my %conf;
my $reload = 1;
$SIG{HUP}  = sub { $reload = 1 };
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = $SIG{INT} = sub { print "stopping\n"; exit 0 };
$| = 1;

sub load_conf {
    open my $in, '<', $file or die "$file: $!\n";
    %conf = map { chomp; /^(\S+) ?(.*)$/ ? ( $1 => $2 ) : () } <$in>;
    close $in;
    $reload = 0;
    print "loaded: greeting '$conf{greeting}', members $conf{members}\n";
}

sub visits {
    my ($add) = @_;
    my $path = "$conf{data}/visits";
    open my $count, '+>>', $path or die "$path: $!\n";
    flock $count, LOCK_EX;
    seek $count, 0, 0;
    my $seen = <$count> // 0;
    chomp $seen;
    if ($add) { $seen += 1; truncate $count, 0; print {$count} "$seen\n" }
    close $count;
    return $seen;
}

sub value {
    my ( $name, $new ) = @_;
    my $path = "$conf{data}/value-$name";
    if ( defined $new ) {
        open my $out, '>', "$path.next" or die "$path: $!\n";
        print {$out} $new;
        close $out or die "$path: $!\n";
        rename "$path.next", $path or die "$path: $!\n";
        return $new;
    }
    open my $in, '<', $path or return undef;
    local $/;
    return scalar <$in>;
}

sub answer {
    my ( $method, $path, $body ) = @_;
    select undef, undef, undef, $conf{slow} / 1000 if $conf{slow};
    return ( 200, "ok $conf{incarnation}\n" ) if $path eq '/healthz';
    return ( 200, "$conf{greeting} from $conf{unit}, visit " . visits(1) . "\nmembers: $conf{members}\n" ) if $method eq 'GET' && $path eq '/';
    if ( $path =~ m{^/values/([a-z0-9-]{1,63})$} ) {
        return ( 200, value( $1, $body ) ) if $method eq 'PUT';
        my $found = value($1);
        return defined $found ? ( 200, $found ) : ( 404, "no value $1\n" );
    }
    return ( 404, "not here; try / or /values/NAME\n" );
}

sub serve {
    my ($client) = @_;
    $client->timeout(5);
    my $request = <$client> // return;
    my ( $method, $path ) = $request =~ m{^([A-Z]+) (\S+) HTTP/1} or return;
    my $length = 0;
    while ( defined( my $line = <$client> ) ) {
        last if $line =~ /^\r?\n$/;
        $length = $1 if $line =~ /^content-length:\s*(\d+)/i;
    }
    my $body;
    read $client, $body, $length < 65536 ? $length : 65536 if $length;
    my ( $status, $text ) = answer( $method, $path, $body );
    printf {$client} "HTTP/1.1 %d %s\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s",
        $status, $status == 200 ? 'OK' : 'Not Found', length $text, $text;
}

load_conf();
my $server = IO::Socket::INET->new(
    LocalAddr => $conf{ip}, LocalPort => $conf{port}, Listen => 64, ReuseAddr => 1
) or die "cannot listen on $conf{ip}:$conf{port}: $!\n";
print "$conf{unit} serves on $conf{ip}:$conf{port}\n";

while (1) {
    load_conf() if $reload;
    my $client = $server->accept or next;    # a signal interrupts accept
    eval { serve($client); 1 } or print "request failed: $@";
    close $client;
}
