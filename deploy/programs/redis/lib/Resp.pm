package Resp;
# A small client for redis' protocol: one command, one answer, a deadline for each. Core modules of perl-base only.
use strict;
use warnings;
use Socket qw(PF_INET PF_INET6 PF_UNIX SOCK_STREAM SOL_SOCKET SO_RCVTIMEO SO_SNDTIMEO
  inet_aton inet_pton pack_sockaddr_in pack_sockaddr_in6 pack_sockaddr_un);

use constant ANSWER_BYTES_MAX => 1024 * 1024;

# Resp->open({ path => 'run/redis.sock' } or { ip =>, port => }, seconds). undef where nobody listens.
sub open {
    my ( $class, $where, $timeout ) = @_;
    my ( $family, $address ) = _address($where) or return undef;
    socket my $socket, $family, SOCK_STREAM, 0 or return undef;
    # For connect, too.
    setsockopt $socket, SOL_SOCKET, $_, pack 'l!l!', $timeout, 0 or return undef for SO_RCVTIMEO, SO_SNDTIMEO;
    connect $socket, $address or return undef;
    return bless { socket => $socket, buffer => '' }, $class;
}

sub _address {
    my ($where) = @_;
    my ( $path, $ip, $port ) = @$where{qw(path ip port)};
    return ( PF_UNIX, pack_sockaddr_un($path) ) if defined $path;
    my $number = $ip =~ /:/ ? inet_pton( PF_INET6, $ip ) : inet_aton($ip);
    return if !defined $number;
    return $ip =~ /:/ ? ( PF_INET6, pack_sockaddr_in6( $port, $number ) ) : ( PF_INET, pack_sockaddr_in( $port, $number ) );
}

# The answer: text, a number, undef for nil, a reference for lists. Dies with redis' own words, or "no answer".
sub call {
    my ( $self, @words ) = @_;
    my $request = '*' . @words . "\r\n" . join '', map { '$' . length($_) . "\r\n$_\r\n" } @words;
    local $SIG{PIPE} = 'IGNORE';
    while ( length $request ) {
        my $written = syswrite $self->{socket}, $request;
        die "no answer: $!\n" if !$written;
        substr( $request, 0, $written ) = '';
    }
    return $self->_answer;
}

# The answer, or undef where there is none or it is an error: for questions whose failure says nothing.
sub try {
    my ( $self, @words ) = @_;
    return scalar eval { $self->call(@words) };
}

sub _answer {
    my ($self) = @_;
    my $line = $self->_line;
    my ( $kind, $rest ) = ( substr( $line, 0, 1 ), substr( $line, 1 ) );
    return $rest               if $kind eq '+' || $kind eq ':';
    return $self->_bulk($rest) if $kind eq '$';
    die "$rest\n"              if $kind eq '-';
    die "no answer: unknown kind $kind\n" if $kind ne '*';
    return $rest < 0 ? undef : [ map { scalar $self->_answer } 1 .. $rest ];
}

sub _bulk {
    my ( $self, $length ) = @_;
    return undef if $length < 0;
    die "no answer: too long\n" if $length > ANSWER_BYTES_MAX;
    $self->_read while length $self->{buffer} < $length + 2;
    my $text = substr $self->{buffer}, 0, $length;
    substr( $self->{buffer}, 0, $length + 2 ) = '';
    return $text;
}

sub _line {
    my ($self) = @_;
    $self->_read while index( $self->{buffer}, "\r\n" ) < 0;
    my $end = index $self->{buffer}, "\r\n";
    my $line = substr $self->{buffer}, 0, $end;
    substr( $self->{buffer}, 0, $end + 2 ) = '';
    return $line;
}

sub _read {
    my ($self) = @_;
    my $read = sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer};
    die "no answer: " . ( defined $read ? 'the connection was closed' : $! ) . "\n" if !$read;
}

1;
