# Dagster Pipes for Perl, without a library: `require` this file, and call
#
#   pipes_log('message');                          a line in the run's log
#   pipes_extra('name')                            an extra or a param
#   pipes_context('partition_key')                 the context: partition_key, run_id, …
#   pipes_report({rows => 3}, asset_key => 'group/asset');          an asset is made
#   pipes_check('has_rows', 1, {rows => 3}, asset_key => …);        the result of an asset check
#
# The key may be left out by a script that makes one asset. A script that runs outside Dagster logs
# to standard error, and reports nothing. Needs only modules that come with Perl.

use strict;
use warnings;
use Compress::Zlib qw(uncompress);
use JSON::PP;
use MIME::Base64 qw(decode_base64);

my $json = JSON::PP->new->utf8->canonical->allow_nonref;

sub _param { # base64 of a zlib stream of JSON
    my $text = $ENV{$_[0]} or return {};
    return $json->decode(uncompress(decode_base64($text)));
}

sub _read {
    my $path = shift or return {};
    open my $file, '<:raw', $path or die "$path: $!";
    local $/;
    return $json->decode(<$file>);
}

my $messages = _param('DAGSTER_PIPES_MESSAGES')->{path};
my $context  = _read(_param('DAGSTER_PIPES_CONTEXT')->{path});

sub _say {
    my ($method, $params) = @_;
    return unless $messages;
    open my $file, '>>:raw', $messages or die "$messages: $!";
    my $message = {'__dagster_pipes_version' => '0.1', method => $method, params => $params};
    print {$file} $json->encode($message), "\n";
    close $file or die "$messages: $!";
}

sub _typed {
    my $metadata = shift // {};
    return {map { $_ => {raw_value => $metadata->{$_}, type => '__infer__'} } keys %$metadata};
}

sub pipes_extra   { return $context->{extras}{$_[0]} }
sub pipes_context { return $context->{$_[0]} }

sub pipes_log {
    print STDERR "$_[0]\n" unless $messages;
    _say('log', {message => $_[0], level => $_[1] // 'INFO'});
}

sub pipes_report {
    my ($metadata, %more) = @_;
    _say('report_asset_materialization',
        {asset_key => undef, data_version => undef, %more, metadata => _typed($metadata)});
}

sub pipes_check {
    my ($name, $passed, $metadata, %more) = @_;
    _say('report_asset_check', {
        asset_key => undef, severity => 'ERROR', %more,
        check_name => $name, passed => $passed ? JSON::PP::true : JSON::PP::false,
        metadata => _typed($metadata),
    });
}

_say('opened', {extras => {}});
END { _say('closed', {}) if $? == 0 }

1;
