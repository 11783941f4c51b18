package Admin;
# haproxy's two sockets: run/admin.sock of the newest worker, run/master.sock of the process above the workers.
use strict;
use warnings;
use Socket qw(PF_UNIX SOCK_STREAM SOL_SOCKET SO_RCVTIMEO SO_SNDTIMEO pack_sockaddr_un);

use constant TIMEOUT_S => 2;

# Relative names from here on: a socket's whole name may be 107 bytes long, a unit's home longer.
chdir $ENV{YIQIU_UNIT_HOME} or die "cannot enter $ENV{YIQIU_UNIT_HOME}: $!\n";

# The whole answer. Dies where there is none.
sub ask {
    my ( $command, $socket ) = @_;
    $socket //= 'run/admin.sock';
    socket my $to, PF_UNIX, SOCK_STREAM, 0 or die "socket: $!\n";
    setsockopt $to, SOL_SOCKET, $_, pack 'l!l!', TIMEOUT_S, 0 or die "socket: $!\n" for SO_RCVTIMEO, SO_SNDTIMEO;
    connect $to, pack_sockaddr_un($socket) or die "$socket: $!\n";
    syswrite $to, "$command\n" or die "$socket: $!\n";
    my $answer = '';
    while (1) {
        my $read = sysread $to, $answer, 65536, length $answer;
        die "$socket: no answer: $!\n" if !defined $read;
        return $answer if $read == 0;
    }
}

# "show stat" as a list of { pxname, svname, status, … }.
sub stat {
    my ( $head, @lines ) = grep { length } split /\n/, ask('show stat');
    my @names = split /,/, $head =~ s/^# //r;
    return map { my %row; @row{@names} = split /,/, $_, -1; \%row } @lines;
}

1;
