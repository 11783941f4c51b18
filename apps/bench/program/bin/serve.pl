#!/usr/bin/perl
# usage: serve.pl CONF. Listens, greets whoever connects, takes its configuration again on SIGHUP.
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(time);

my $file = shift or die "usage: serve.pl CONF\n";
my %conf;
my $reload = 1;
$SIG{HUP}  = sub { $reload = 1 };
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = $SIG{INT} = sub { exit 0 };

sub put {
    my ( $name, $text ) = @_;
    my $path = "$conf{home}/run/$name";
    open my $out, '>', "$path.next" or die "$path: $!\n";
    print {$out} "$text\n";
    close $out or die "$path: $!\n";
    rename "$path.next", $path or die "$path: $!\n";
}

sub load_conf {
    $reload = 0;
    open my $in, '<', $file or die "$file: $!\n";
    %conf = map { chomp; /^(\S+) (.+)$/ ? ( $1 => $2 ) : () } <$in>;
    close $in;
    put( 'stamp', sprintf '%s %.3f', $conf{stamp}, time * 1000 );
}

load_conf();
my $server = IO::Socket::INET->new(
    LocalAddr => $conf{ip}, LocalPort => $conf{port}, Listen => 16, ReuseAddr => 1
) or die "cannot listen on $conf{ip}:$conf{port}: $!\n";
put( 'listening', sprintf '%.3f', time * 1000 );

while (1) {
    load_conf() if $reload;
    my $client = $server->accept or next;    # a signal interrupts accept
    print {$client} "$conf{unit}\n";
    close $client;
}
