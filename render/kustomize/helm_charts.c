#include "render/kustomize/helm_charts.h"

bool kust_helm_chart(struct build *build, const struct loader *loader, value chart, value globals,
                     str namespace, struct selection *generated, struct error *err)
{
    (void)loader;
    (void)chart;
    (void)globals;
    (void)namespace;
    (void)generated;
    if (!build->options->enable_helm) {
        (void)error_rule(err, ERROR_INPUT, "E_HELM", "helmCharts are not enabled");
        return error_hint(err, "give --enable-helm");
    }
    return error_rule(err, ERROR_UNSUPPORTED, "E_HELM", "helmCharts cannot be rendered yet");
}
